using MassTransit;

namespace SessionPlatform.Messaging;

/// <summary>
/// What one publish learns of its attempts inside MassTransit, which would repeat a refused one until the timeout.
/// </summary>
internal sealed class PublishOutcome(CancellationTokenSource attempts)
{
    public Exception? Refusal { get; private set; }

    private void Refuse(Exception refusal)
    {
        Refusal = refusal;
        attempts.Cancel();
    }

    /// <summary>Looks at failed attempts for the broker's refusal.</summary>
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
