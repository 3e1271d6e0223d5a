using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Google.Protobuf;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Reading;

/// <summary>
/// Where a page of sessions ended: the last session's start and id, tied to the site and filter it was made for.
/// </summary>
internal readonly record struct PageCursor(long StartedAt, Guid SessionId)
{
    private const int FingerprintBytes = 8;
    private const int TokenBytes = FingerprintBytes + sizeof(long) + 16;

    /// <summary>
    /// The cursor a request brings; null for the first page. False when the token is not ours or another's.
    /// </summary>
    public static bool TryParse(ListSessionsRequest request, out PageCursor? cursor)
    {
        cursor = null;
        if (request.PageToken.Length == 0)
            return true;
        Span<byte> token = stackalloc byte[TokenBytes];
        if (!Base64Url.TryDecodeFromChars(request.PageToken, token, out var written)
            || written != TokenBytes
            || !token[..FingerprintBytes].SequenceEqual(Fingerprint(request)))
        {
            return false;
        }

        var startedAt = BinaryPrimitives.ReadInt64BigEndian(token[FingerprintBytes..]);
        cursor = new(startedAt, new Guid(token[(FingerprintBytes + sizeof(long))..], bigEndian: true));
        return true;
    }

    /// <summary>The token for the page behind a session.</summary>
    public static string After(ListSessionsRequest request, SessionAddress last)
    {
        Span<byte> token = stackalloc byte[TokenBytes];
        Fingerprint(request).CopyTo(token);
        BinaryPrimitives.WriteInt64BigEndian(token[FingerprintBytes..], last.StartedAt);
        last.SessionId.TryWriteBytes(token[(FingerprintBytes + sizeof(long))..], bigEndian: true, out _);
        return Base64Url.EncodeToString(token);
    }

    private static byte[] Fingerprint(ListSessionsRequest request)
    {
        var scope = new ListSessionsRequest { SiteId = request.SiteId, Filter = request.Filter };
        return SHA256.HashData(scope.ToByteArray())[..FingerprintBytes];
    }
}
