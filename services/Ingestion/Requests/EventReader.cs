using Google.Protobuf;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Ingestion.Requests;

/// <summary>Parses one event from its bytes.</summary>
internal static class EventReader
{
    // Unknown fields have no bound, so they are discarded.
    private static readonly MessageParser<Event> Parser = Event.Parser.WithDiscardUnknownFields(true);
    private static readonly TextShape Shape = TextShape.Of(Event.Descriptor);

    /// <summary>Returns the event; null when the bytes cannot be parsed or a text is not valid UTF-8.</summary>
    public static Event? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var read = Parser.ParseFrom(bytes);
            return Shape.IsValid(bytes) ? read : null;
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidDataException)
        {
            return null;
        }
    }
}
