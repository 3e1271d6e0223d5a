using System.Runtime.ExceptionServices;
using MassTransit;

namespace SessionPlatform.Messaging;

/// <summary>
/// The service stops, or lost its channel, before a message was applied; it goes back to its queue. Without the
/// cancellation as its cause: MassTransit looks there, and would take it for a failure of the consumer.
/// </summary>
internal sealed class GivenBackException() : Exception("The message goes back to its queue.");

/// <summary>
/// Keeps messages that were given back out of the error queue, where MassTransit puts whatever failed.
/// </summary>
internal sealed class GiveBackFilter : IFilter<ExceptionReceiveContext>
{
    public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (context.Exception is GivenBackException)
            ExceptionDispatchInfo.Throw(context.Exception);
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("giveBack");
}
