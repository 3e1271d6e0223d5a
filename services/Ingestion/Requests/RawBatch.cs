using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Ingestion.V1;

namespace SessionPlatform.Ingestion.Requests;

/// <summary>
/// A parsed <see cref="TrackRequest"/> or <see cref="TrackStreamRequest"/> whose events are still bytes. Each event is
/// parsed on its own, so that a malformed one does not affect the others.
/// </summary>
internal sealed class RawBatch
{
    /// <summary>Maximum number of events in one request.</summary>
    public const int MaxEvents = 1000;

    private static readonly TextShape ClientShape = TextShape.Of(ClientInfo.Descriptor);
    private readonly byte[] bytes;
    private readonly List<Range> events = [];

    private RawBatch(byte[] bytes) => this.bytes = bytes;

    /// <summary>
    /// Number of events that were sent; those beyond <see cref="MaxEvents"/> are counted but not kept.
    /// </summary>
    public int EventCount { get; private set; }

    /// <summary>Size of the request in bytes.</summary>
    public int Size => bytes.Length;

    /// <summary>Sequence number of the batch in its stream; 0 for a unary request.</summary>
    public long Sequence { get; private set; }

    /// <summary>The client's clock when it sent the request, unchecked; null when not given.</summary>
    public Timestamp? SentAt { get; private set; }

    /// <summary>The gateway's knowledge of the client, unchecked; null when not given.</summary>
    public ClientInfo? Client { get; private set; }

    /// <summary>The maximum age of events that the request asks for, unchecked; null when not given.</summary>
    public Duration? MaxEventAge { get; private set; }

    /// <summary>Returns the bytes of the event at an index from 0.</summary>
    public ReadOnlySpan<byte> Event(int ordinal) => bytes.AsSpan(events[ordinal]);

    /// <summary>Parses a <see cref="TrackRequest"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes cannot be parsed.</exception>
    public static RawBatch ReadTrackRequest(byte[] bytes)
    {
        var batch = new RawBatch(bytes);
        var reader = new WireReader(bytes);
        while (reader.Next())
            switch (reader.Field)
            {
                case TrackRequest.EventsFieldNumber when IsNested(reader):
                    batch.AddEvent(reader.ReadBytes().Length, reader.Position);
                    break;
                case TrackRequest.SentAtFieldNumber when IsNested(reader):
                    Merge(batch.SentAt ??= new Timestamp(), reader.ReadBytes());
                    break;
                case TrackRequest.ClientFieldNumber when IsNested(reader):
                    MergeClient(batch.Client ??= new ClientInfo(), reader.ReadBytes());
                    break;
                case TrackRequest.MaxEventAgeFieldNumber when IsNested(reader):
                    Merge(batch.MaxEventAge ??= new Duration(), reader.ReadBytes());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        return batch;
    }

    /// <summary>Parses a <see cref="TrackStreamRequest"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes cannot be parsed.</exception>
    public static RawBatch ReadTrackStreamRequest(byte[] bytes)
    {
        var batch = new RawBatch(bytes);
        var reader = new WireReader(bytes);
        while (reader.Next())
            switch (reader.Field)
            {
                case TrackStreamRequest.SequenceFieldNumber when reader.Type == WireFormat.WireType.Varint:
                    batch.Sequence = (long)reader.ReadVarint();
                    break;
                case TrackStreamRequest.EventsFieldNumber when IsNested(reader):
                    batch.AddEvent(reader.ReadBytes().Length, reader.Position);
                    break;
                case TrackStreamRequest.SentAtFieldNumber when IsNested(reader):
                    Merge(batch.SentAt ??= new Timestamp(), reader.ReadBytes());
                    break;
                case TrackStreamRequest.ClientFieldNumber when IsNested(reader):
                    MergeClient(batch.Client ??= new ClientInfo(), reader.ReadBytes());
                    break;
                case TrackStreamRequest.MaxEventAgeFieldNumber when IsNested(reader):
                    Merge(batch.MaxEventAge ??= new Duration(), reader.ReadBytes());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        return batch;
    }

    private void AddEvent(int length, int end)
    {
        // 32 MiB can hold millions of empty events: beyond the maximum they are only counted.
        if (EventCount++ < MaxEvents)
            events.Add((end - length)..end);
    }

    private static bool IsNested(WireReader reader) => reader.Type == WireFormat.WireType.LengthDelimited;

    private static void MergeClient(ClientInfo client, ReadOnlySpan<byte> value)
    {
        Merge(client, value);
        if (!ClientShape.IsValid(value))
            throw new InvalidDataException("The text of client is not UTF-8.");
    }

    private static void Merge(IMessage message, ReadOnlySpan<byte> value)
    {
        try
        {
            message.MergeFrom(value);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException($"{message.Descriptor.Name} is not readable.", exception);
        }
    }
}
