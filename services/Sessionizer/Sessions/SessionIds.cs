using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>Ids of sessions: made from what a session begins with, so that they are the same on every run.</summary>
internal static class SessionIds
{
    private const int IdBytes = 16;

    /// <summary>
    /// The first 16 bytes of the SHA-256 of site id, 0x00, stream key, 0x00 and the first event's id in 16 bytes,
    /// shaped as a version-8 UUID. Text counts in UTF-8.
    /// </summary>
    public static Guid Of(string siteId, string streamKey, UInt128 firstEventId)
    {
        var siteBytes = Encoding.UTF8.GetByteCount(siteId);
        var keyBytes = Encoding.UTF8.GetByteCount(streamKey);
        var length = siteBytes + 1 + keyBytes + 1 + IdBytes;
        // Ingestion bounds site ids to 64 and stream keys to 128 bytes, so the array is for callers without bounds.
        var input = length <= 256 ? stackalloc byte[256] : new byte[length];
        Encoding.UTF8.GetBytes(siteId, input);
        input[siteBytes] = 0;
        Encoding.UTF8.GetBytes(streamKey, input[(siteBytes + 1)..]);
        input[siteBytes + 1 + keyBytes] = 0;
        BinaryPrimitives.WriteUInt128BigEndian(input[(length - IdBytes)..length], firstEventId);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..length], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..IdBytes], bigEndian: true);
    }

    /// <summary>An id's 16 bytes in network byte order.</summary>
    public static ByteString Bytes(Guid id) => UnsafeByteOperations.UnsafeWrap(id.ToByteArray(bigEndian: true));

    /// <summary>The canonical text of an id: lower case, with hyphens.</summary>
    public static string Format(Guid sessionId) => sessionId.ToString("D");
}
