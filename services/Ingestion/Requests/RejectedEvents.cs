using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Ingestion.Steps;

namespace SessionPlatform.Ingestion.Requests;

/// <summary>What is kept of events that were rejected.</summary>
internal static class RejectedEvents
{
    /// <summary>More than 1000 events in one request.</summary>
    public const string BatchTooLarge = "BATCH_TOO_LARGE";

    /// <summary>The key is unknown, or may not send events.</summary>
    public const string WrongKey = "WRONG_KEY";

    private const int MaxKeptBytes = 64 * 1024;

    private static readonly EnumDescriptor Reasons = Violation.Descriptor.EnumTypes[0];

    /// <summary>Name of a violation's reason, as in the contract.</summary>
    public static string NameOf(Violation.Types.Reason reason) => Reasons.FindValueByNumber((int)reason).Name;

    /// <summary>
    /// One event. Its id follows from what was received and where in the request, so that the retry of a request that
    /// was not answered counts its rejects once.
    /// </summary>
    public static RejectedEvent One(
        string siteId, ReadOnlySpan<byte> received, int ordinal, Violation first, long at) => new()
    {
        RejectId = UnsafeByteOperations.UnsafeWrap(IdOf(siteId, received, ordinal)),
        SiteId = siteId,
        RejectedAt = at,
        Reason = NameOf(first.Reason),
        Field = first.Field,
        Count = 1,
        Event = received.Length <= MaxKeptBytes ? ByteString.CopyFrom(received) : ByteString.Empty,
    };

    /// <summary>Several events that were refused together, unread.</summary>
    public static RejectedEvent Several(string siteId, string reason, int count, long at) => new()
    {
        RejectId = UnsafeByteOperations.UnsafeWrap(EventIds.Version8(Guid.NewGuid().ToByteArray())),
        SiteId = siteId,
        RejectedAt = at,
        Reason = reason,
        Count = count,
    };

    private static byte[] IdOf(string siteId, ReadOnlySpan<byte> received, int ordinal)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(number, ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(number);
        hash.AppendData(received);
        hash.AppendData(Encoding.UTF8.GetBytes(siteId));
        return EventIds.Version8(hash.GetHashAndReset());
    }
}
