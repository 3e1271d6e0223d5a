using Google.Protobuf;
using MassTransit;
using Microsoft.Extensions.Options;

namespace SessionPlatform.Messaging;

/// <inheritdoc cref="IPartitionPublisher"/>
internal sealed class PartitionPublisher(
    BusSupervisor supervisor, MessageCatalog catalog, IOptions<BusOptions> options, TimeProvider time)
    : IPartitionPublisher
{
    private readonly CircuitBreaker circuit = new();

    public Task PublishAsync<T>(T message, int partition, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        ArgumentNullException.ThrowIfNull(message);
        return PublishAsync(message, KeyOf(partition), partitioned: true, encoded: null, cancellationToken);
    }

    public Task PublishEncodedAsync<T>(byte[] encoded, int partition, CancellationToken cancellationToken)
        where T : class, IMessage<T>, new() =>
        PublishAsync(new T(), KeyOf(partition), partitioned: true, new EncodedBody(encoded), cancellationToken);

    public Task PublishAsync<T>(T message, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        ArgumentNullException.ThrowIfNull(message);
        return PublishAsync(message, "", partitioned: false, encoded: null, cancellationToken);
    }

    private string KeyOf(int partition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, options.Value.Partitions);
        return MessageRoutes.RoutingKey(partition);
    }

    private async Task PublishAsync<T>(
        T message, string routingKey, bool partitioned, EncodedBody? encoded, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        if (catalog.RoutesOf(message.Descriptor).Partitioned != partitioned)
            throw new ArgumentException($"{message.Descriptor.FullName} is {(partitioned ? "not " : "")}partitioned.");
        if (!circuit.TryAcquire())
            throw new BrokerUnavailableException("The broker did not answer recently; try again.");

        using var timeout = new CancellationTokenSource(options.Value.PublishTimeout, time);
        using var attempts = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var outcome = new PublishOutcome(attempts);
        try
        {
            await SendAsync(message, routingKey, encoded, outcome, attempts.Token);
            circuit.Close();
        }
        catch (Exception exception) when (outcome.Refusal is not null)
        {
            circuit.Close();
            throw new BrokerFullException("The broker refused the message: a queue is at its bound.", exception);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            circuit.Release();
            throw;
        }
        catch (MessageReturnedException exception)
        {
            circuit.Close();
            throw new BrokerUnavailableException("The broker has no queue for the message.", exception);
        }
        catch (Exception exception)
        {
            circuit.Open();
            throw new BrokerUnavailableException("The broker did not confirm the message.", exception);
        }
    }

    private async Task SendAsync<T>(
        T message,
        string routingKey,
        EncodedBody? encoded,
        PublishOutcome outcome,
        CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            await SendOnceAsync(message, routingKey, encoded, outcome, cancellationToken);
        }
        catch (MessageReturnedException)
        {
            // A queue was deleted. When a message is returned, MassTransit declares its exchange and queues again.
            await SendOnceAsync(message, routingKey, encoded, outcome, cancellationToken);
        }
    }

    private Task SendOnceAsync<T>(
        T message,
        string routingKey,
        EncodedBody? encoded,
        PublishOutcome outcome,
        CancellationToken cancellationToken)
        where T : class =>
        supervisor.Current.Bus.Publish(
            message,
            context =>
            {
                context.Mandatory = true;
                context.SetRoutingKey(routingKey);
                context.GetOrAddPayload(() => outcome);
                if (encoded is not null)
                    context.GetOrAddPayload(() => encoded);
            },
            cancellationToken);
}
