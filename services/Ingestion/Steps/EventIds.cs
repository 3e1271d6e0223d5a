using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>Computes the ids of events: UUIDs as 16 bytes in network byte order.</summary>
internal static class EventIds
{
    private const int Length = 16;
    private const int CanonicalLength = 36;
    private const byte ByClientTime = 1;
    private const byte ByReceipt = 2;
    private const int FixedPart = sizeof(byte) + sizeof(long) + sizeof(int) + sizeof(int) + (5 * sizeof(int));

    /// <summary>
    /// Returns the id of an event: the UUID that the client gives; else a version-8 UUID from the SHA-256 of the string
    /// that it gives; else one from the SHA-256 of the event's content.
    /// </summary>
    public static byte[] Settle(Event sent, int ordinal, long receivedAt)
    {
        if (sent.EventId.Length == 0)
            return OfContent(sent, ordinal, receivedAt);
        if (!IsCanonical(sent.EventId))
            return Version8(SHA256.HashData(Encoding.UTF8.GetBytes(sent.EventId)));
        var id = new byte[Length];
        Guid.ParseExact(sent.EventId, "D").TryWriteBytes(id, bigEndian: true, out _);
        return id;
    }

    /// <summary>Returns the canonical text of an id.</summary>
    public static string ToText(ReadOnlySpan<byte> id) => new Guid(id, bigEndian: true).ToString("D");

    /// <summary>Returns the first 16 bytes of a hash as a UUID of version 8.</summary>
    public static byte[] Version8(ReadOnlySpan<byte> hash)
    {
        var id = hash[..Length].ToArray();
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return id;
    }

    /// <summary>
    /// Returns the id of an event without one, derived from its content, so that a retry of the same request gives the
    /// same id. The hash input is, with integers in network byte order: 1 and the client time (seconds as 8 bytes,
    /// nanoseconds as 4), or without a client time 2 and the time of receipt (microseconds as 8 bytes, then 4 zero
    /// bytes); the index in the request as 4 bytes; then site, visitor, kind, name and URL, each as its length in 4
    /// bytes and its UTF-8 bytes. The time of receipt keeps equal events at different times distinct. In exchange, the
    /// retry of an event with neither id nor time is not recognised as a duplicate.
    /// </summary>
    private static byte[] OfContent(Event sent, int ordinal, long receivedAt)
    {
        ReadOnlySpan<string> texts = [sent.SiteId, sent.VisitorId, sent.Kind, sent.Name, sent.Url];
        var size = FixedPart;
        foreach (var text in texts)
            size += Encoding.UTF8.GetMaxByteCount(text.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var bytes = buffer.AsSpan();
            bytes[0] = sent.ClientTime is null ? ByReceipt : ByClientTime;
            BinaryPrimitives.WriteInt64BigEndian(bytes[1..], sent.ClientTime?.Seconds ?? receivedAt);
            BinaryPrimitives.WriteInt32BigEndian(bytes[9..], sent.ClientTime?.Nanos ?? 0);
            BinaryPrimitives.WriteInt32BigEndian(bytes[13..], ordinal);
            var length = 17;
            foreach (var text in texts)
            {
                var written = Encoding.UTF8.GetBytes(text, bytes[(length + sizeof(int))..]);
                BinaryPrimitives.WriteInt32BigEndian(bytes[length..], written);
                length += sizeof(int) + written;
            }
            return Version8(SHA256.HashData(bytes[..length]));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Guid.Parse accepts further formats, for example with braces; these count as arbitrary strings.
    private static bool IsCanonical(string text)
    {
        if (text.Length != CanonicalLength)
            return false;
        for (var index = 0; index < text.Length; index++)
            if (index is 8 or 13 or 18 or 23 ? text[index] != '-' : !char.IsAsciiHexDigit(text[index]))
                return false;
        return true;
    }
}
