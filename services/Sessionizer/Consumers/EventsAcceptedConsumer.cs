using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Messaging;
using SessionPlatform.Sessionizer.Sessionizing;

namespace SessionPlatform.Sessionizer.Consumers;

/// <summary>Takes accepted events from the bus: many messages, one transaction.</summary>
internal sealed class EventsAcceptedConsumer(BatchSessionizer sessionizer) : PartitionConsumer<EventsAccepted>
{
    protected override Task ApplyAsync(IReadOnlyList<EventsAccepted> messages, CancellationToken cancellationToken) =>
        sessionizer.ApplyAsync(messages.SelectMany(message => message.Events).ToList(), cancellationToken);
}
