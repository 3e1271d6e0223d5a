using MassTransit;

namespace SessionPlatform.Messaging;

/// <summary>
/// Collects the outcome of the attempts that MassTransit makes for one publish. A refusal by the broker ends them;
/// MassTransit would repeat the attempt until the timeout.
/// </summary>
internal sealed class PublishOutcome(CancellationTokenSource attempts)
{
    public Exception? Refusal { get; private set; }

    private void Refuse(Exception refusal)
    {
        Refusal = refusal;
        attempts.Cancel();
    }

    /// <summary>Recognizes the broker's refusal among the exceptions of failed attempts.</summary>
    internal sealed class Observer : ISendObserver, IPublishObserver
    {
        public Task PublishFault<T>(PublishContext<T> context, Exception exception)
            where T : class
        {
            Look(context, exception);
            return Task.CompletedTask;
        }

        public Task SendFault<T>(SendContext<T> context, Exception exception)
            where T : class
        {
            Look(context, exception);
            return Task.CompletedTask;
        }

        public Task PrePublish<T>(PublishContext<T> context)
            where T : class => Task.CompletedTask;

        public Task PostPublish<T>(PublishContext<T> context)
            where T : class => Task.CompletedTask;

        public Task PreSend<T>(SendContext<T> context)
            where T : class => Task.CompletedTask;

        public Task PostSend<T>(SendContext<T> context)
            where T : class => Task.CompletedTask;

        private static void Look(SendContext context, Exception exception)
        {
            for (var current = exception; current is not null; current = current.InnerException)
            {
                if (current is RabbitMQ.Client.Exceptions.PublishException { IsReturn: false }
                    && context.TryGetPayload<PublishOutcome>(out var outcome))
                    outcome.Refuse(exception);
            }
        }
    }
}
