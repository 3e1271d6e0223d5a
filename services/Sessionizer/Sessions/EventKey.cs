using System.Buffers.Binary;
using Google.Protobuf;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>The place of an event in its stream: by time, then the client's counter, then the id.</summary>
/// <param name="OccurredAt">Microseconds since 1970-01-01 UTC.</param>
/// <param name="Sequence">The client's counter; 0 when it gives none.</param>
/// <param name="EventId">The id's 16 bytes as one big-endian number, so that numbers compare as the bytes do.</param>
internal readonly record struct EventKey(long OccurredAt, long Sequence, UInt128 EventId) : IComparable<EventKey>
{
    /// <summary>The place of an accepted event.</summary>
    public static EventKey Of(AcceptedEvent e) => Of(e.OccurredAt, e.Event.Sequence, e.EventId);

    /// <summary>A place by its parts; the id in 16 bytes.</summary>
    public static EventKey Of(long occurredAt, long sequence, ByteString eventId) => eventId.Length == 16
        ? new EventKey(occurredAt, sequence, BinaryPrimitives.ReadUInt128BigEndian(eventId.Span))
        : throw new ArgumentException($"An event id has 16 bytes, not {eventId.Length}.", nameof(eventId));

    /// <summary>The id as its 16 bytes.</summary>
    public ByteString EventIdBytes()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, EventId);
        return ByteString.CopyFrom(bytes);
    }

    public int CompareTo(EventKey other)
    {
        if (OccurredAt != other.OccurredAt)
            return OccurredAt < other.OccurredAt ? -1 : 1;
        if (Sequence != other.Sequence)
            return Sequence < other.Sequence ? -1 : 1;
        return EventId.CompareTo(other.EventId);
    }

    public static bool operator <(EventKey left, EventKey right) => left.CompareTo(right) < 0;

    public static bool operator >(EventKey left, EventKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(EventKey left, EventKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EventKey left, EventKey right) => left.CompareTo(right) >= 0;
}
