using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Applying;

/// <summary>
/// A digest of everything that facts and timeline columns are derived from: the document without its revision and its
/// closing, the time zone, and the bot mark of the visitor. The last change of most sessions only closes them; an equal
/// digest then avoids writing the facts again and rebuilding the columns of the hour.
/// </summary>
internal static class FactsDigest
{
    /// <summary>Returns the digest; never 0, which stands for an unknown one.</summary>
    /// <param name="document">The snapshot, which is unchanged when the method returns.</param>
    /// <param name="zone">The time zone of the site.</param>
    /// <param name="mark">The bot mark of the visitor; null when there is none.</param>
    public static long Of(SessionDocument document, TimeZoneInfo zone, bool? mark)
    {
        var sum = SHA256.HashData([.. Bytes(document), .. System.Text.Encoding.UTF8.GetBytes($"{zone.Id} {mark}")]);
        var digest = BinaryPrimitives.ReadInt64LittleEndian(sum);
        return digest == 0 ? 1 : digest;
    }

    // The fields are cleared temporarily, because a copy of the document would cost more than everything else.
    private static byte[] Bytes(SessionDocument document)
    {
        var session = document.Session;
        var (revision, closed, reason) = (session.Revision, session.Closed, session.HasEndReason);
        var endReason = session.EndReason;
        try
        {
            (session.Revision, session.Closed) = (0, false);
            session.ClearEndReason();
            return document.ToByteArray();
        }
        finally
        {
            (session.Revision, session.Closed) = (revision, closed);
            if (reason)
                session.EndReason = endReason;
        }
    }
}
