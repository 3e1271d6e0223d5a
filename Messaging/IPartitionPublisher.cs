using Google.Protobuf;

namespace SessionPlatform.Messaging;

/// <summary>
/// Publishes messages. A call completes when the broker has stored the message in every queue that it is routed to.
/// </summary>
public interface IPartitionPublisher
{
    /// <summary>Publishes to one partition of a partitioned message type.</summary>
    /// <exception cref="BrokerUnavailableException">
    /// The broker did not confirm the message within the publish timeout. Thrown at once while the circuit is open.
    /// </exception>
    /// <exception cref="BrokerFullException">The broker refused the message because a queue is full.</exception>
    Task PublishAsync<T>(T message, int partition, CancellationToken cancellationToken)
        where T : class, IMessage<T>;

    /// <summary>Publishes a message that is encoded already to one partition.</summary>
    /// <param name="encoded">The bytes of a <typeparamref name="T"/>.</param>
    /// <param name="partition">The partition, from 0.</param>
    /// <param name="cancellationToken">Cancels the call; the message may have arrived nonetheless.</param>
    /// <inheritdoc cref="PublishAsync{T}(T, int, CancellationToken)" path="/exception"/>
    Task PublishEncodedAsync<T>(byte[] encoded, int partition, CancellationToken cancellationToken)
        where T : class, IMessage<T>, new();

    /// <summary>Publishes a message of an unpartitioned type.</summary>
    /// <inheritdoc cref="PublishAsync{T}(T, int, CancellationToken)" path="/exception"/>
    Task PublishAsync<T>(T message, CancellationToken cancellationToken)
        where T : class, IMessage<T>;
}
