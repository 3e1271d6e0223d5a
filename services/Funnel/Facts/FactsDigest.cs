using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Facts;

/// <summary>
/// Of all that facts, and columns of timelines, are found from: the document but for its revision and whether and why it is
/// closed, the time zone, and what was said of the visitor. Most sessions change once more only to be closed; then neither
/// their facts are written again, nor are the columns of their hour made again.
/// </summary>
internal static class FactsDigest
{
    /// <summary>Never 0, which stands for one that is not known.</summary>
    /// <param name="document">As it was in the end.</param>
    /// <param name="zone">The site's.</param>
    /// <param name="mark">Whether the visitor was said to be a bot, or not to be one; null: neither.</param>
    public static long Of(SessionDocument document, TimeZoneInfo zone, bool? mark)
    {
        var sum = SHA256.HashData([.. Bytes(document), .. System.Text.Encoding.UTF8.GetBytes($"{zone.Id} {mark}")]);
        var digest = BinaryPrimitives.ReadInt64LittleEndian(sum);
        return digest == 0 ? 1 : digest;
    }

    // Left out for as long as it takes, since a copy of the document would cost more than all the rest.
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
