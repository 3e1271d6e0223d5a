namespace SessionPlatform.Messaging;

/// <summary>
/// Returns a message to its queue, because the service stops or lost its channel before the message was applied. It has
/// no inner exception: MassTransit would find the cancellation there and take it for a failure of the consumer.
/// </summary>
internal sealed class RequeueException() : Exception("The message goes back to its queue.");
