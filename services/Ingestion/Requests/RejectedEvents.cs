using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Ingestion.Steps;

namespace SessionPlatform.Ingestion.Requests;

/// <summary>Creates the records of rejected events.</summary>
internal static class RejectedEvents
{
    /// <summary>Reason of a request with more than 1000 events.</summary>
    public const string BatchTooLarge = "BATCH_TOO_LARGE";

    /// <summary>Reason of a key that is unknown or may not send events.</summary>
    public const string WrongKey = "WRONG_KEY";

    private const int MaxKeptBytes = 64 * 1024;

    private static readonly EnumDescriptor Reasons = Violation.Descriptor.EnumTypes[0];

    /// <summary>Returns the name of a violation's reason in the contract.</summary>
    public static string NameOf(Violation.Types.Reason reason) => Reasons.FindValueByNumber((int)reason).Name;

    /// <summary>
    /// Creates the record of one event. Its id is derived from the received bytes and their position in the request, so
    /// that the retry of an unanswered request counts its rejects once.
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

    /// <summary>Creates one record of several events that were refused without being parsed.</summary>
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
