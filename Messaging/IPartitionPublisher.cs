using Google.Protobuf;

namespace SessionPlatform.Messaging;

/// <summary>
/// Publishes messages. A call completes when the broker has the message safe in every queue it belongs in.
/// </summary>
public interface IPartitionPublisher
{
    /// <summary>Publishes to one partition of a partitioned message type.</summary>
    /// <exception cref="BrokerUnavailableException">
    /// No confirm within the publish timeout; at once while the broker is known to be away.
    /// </exception>
    /// <exception cref="BrokerFullException">Refused: a queue is at its bound.</exception>
    Task PublishAsync<T>(T message, int partition, CancellationToken cancellationToken)
        where T : class, IMessage<T>;

    /// <summary>As <see cref="PublishAsync{T}(T, int, CancellationToken)"/>, a message that is encoded already.</summary>
    /// <param name="encoded">The bytes of a <typeparamref name="T"/>.</param>
    /// <param name="partition">Where to.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <inheritdoc cref="PublishAsync{T}(T, int, CancellationToken)" path="/exception"/>
    Task PublishEncodedAsync<T>(byte[] encoded, int partition, CancellationToken cancellationToken)
        where T : class, IMessage<T>, new();

    /// <summary>Publishes a message of an unpartitioned type.</summary>
    /// <inheritdoc cref="PublishAsync{T}(T, int, CancellationToken)" path="/exception"/>
    Task PublishAsync<T>(T message, CancellationToken cancellationToken)
        where T : class, IMessage<T>;
}
