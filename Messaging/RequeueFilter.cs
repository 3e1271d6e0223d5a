using System.Runtime.ExceptionServices;
using MassTransit;

namespace SessionPlatform.Messaging;

/// <summary>Keeps requeued messages out of the error queue, where MassTransit moves failed messages.</summary>
internal sealed class RequeueFilter : IFilter<ExceptionReceiveContext>
{
    public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (context.Exception is RequeueException)
            ExceptionDispatchInfo.Throw(context.Exception);
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("requeue");
}
