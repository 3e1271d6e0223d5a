using Google.Protobuf;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Ingestion.Requests;

/// <summary>Reads one event from its bytes.</summary>
internal static class EventReader
{
    // Fields this version does not know have no bound, so they are not carried on.
    private static readonly MessageParser<Event> Parser = Event.Parser.WithDiscardUnknownFields(true);
    private static readonly TextShape Shape = TextShape.Of(Event.Descriptor);

    /// <summary>The event, or null when the bytes are not a readable one or its text is not UTF-8.</summary>
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
