namespace SessionPlatform.Contracts.Events.V1;

public sealed partial class AcceptedEvent
{
    /// <summary>
    /// The bytes that the event was parsed from; empty for an event that was created in this process. They are not
    /// updated when the event is modified.
    /// </summary>
    public ReadOnlyMemory<byte> Encoded { get; internal set; }
}

public sealed partial class EventsAccepted : IEncodedParts
{
    /// <inheritdoc/>
    public void KeepEncoded(ReadOnlyMemory<byte> encoded)
    {
        var fields = new EncodedFields(encoded);
        var next = 0;
        while (fields.MoveNext())
        {
            if (fields.Number == EventsFieldNumber && next < Events.Count)
                Events[next++].Encoded = fields.Content;
        }
    }
}
