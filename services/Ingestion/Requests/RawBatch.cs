using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Ingestion.V1;

namespace SessionPlatform.Ingestion.Requests;

/// <summary>
/// A <see cref="TrackRequest"/> or <see cref="TrackStreamRequest"/> of which everything is read but the events. They
/// stay bytes until each is read on its own: one that cannot be read leaves the others unharmed.
/// </summary>
internal sealed class RawBatch
{
    /// <summary>Most events of one request.</summary>
    public const int MaxEvents = 1000;

    private static readonly TextShape ClientShape = TextShape.Of(ClientInfo.Descriptor);
    private readonly byte[] bytes;
    private readonly List<Range> events = [];

    private RawBatch(byte[] bytes) => this.bytes = bytes;

    /// <summary>How many events were sent; of more than <see cref="MaxEvents"/> none beyond is kept.</summary>
    public int EventCount { get; private set; }

    /// <summary>Size of the request in bytes.</summary>
    public int Size => bytes.Length;

    /// <summary>The number of the batch in its stream; 0 in a request of its own.</summary>
    public long Sequence { get; private set; }

    /// <summary>As sent.</summary>
    public Timestamp? SentAt { get; private set; }

    /// <summary>As sent.</summary>
    public ClientInfo? Client { get; private set; }

    /// <summary>As sent.</summary>
    public Duration? MaxEventAge { get; private set; }

    /// <summary>The bytes of one event.</summary>
    public ReadOnlySpan<byte> Event(int ordinal) => bytes.AsSpan(events[ordinal]);

    /// <summary>Reads a <see cref="TrackRequest"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such message.</exception>
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

    /// <summary>Reads a <see cref="TrackStreamRequest"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such message.</exception>
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
        // 32 MiB hold millions of empty events: beyond the bound they are counted, not noted.
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
