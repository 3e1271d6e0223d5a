using System.Collections.Concurrent;
using Google.Protobuf;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Messaging;

namespace SessionPlatform.Ingestion.Tests.Grpc;

/// <summary>Stands for the broker: confirms at once, later, or never.</summary>
internal sealed class FakeBus : IPartitionPublisher
{
    private readonly ConcurrentQueue<(IMessage Message, int Partition)> confirmed = [];
    private volatile TaskCompletionSource confirms = Opened();
    private int started;

    /// <summary>The messages that the broker has received; partition -1 for messages without one.</summary>
    public IReadOnlyList<(IMessage Message, int Partition)> Confirmed => [.. confirmed];

    /// <summary>Messages that were handed over, confirmed or not.</summary>
    public int Started => Volatile.Read(ref started);

    /// <summary>Decides for each message what the broker does with it; null: confirms.</summary>
    public Func<IMessage, Exception?> Fails { get; set; } = _ => null;

    public IEnumerable<AcceptedEvent> Events => Of<EventsAccepted>().SelectMany(message => message.Events);

    public IEnumerable<RejectedEvent> Rejects => Of<EventsRejected>().SelectMany(message => message.Rejects);

    public IEnumerable<T> Of<T>() => confirmed.Select(entry => entry.Message).OfType<T>();

    /// <summary>From now on nothing is confirmed.</summary>
    public void Hold() => confirms = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Confirms what was held, and what comes.</summary>
    public void Release() => confirms.TrySetResult();

    public async Task PublishAsync<T>(T message, int partition, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        Interlocked.Increment(ref started);
        await confirms.Task.WaitAsync(cancellationToken);
        if (Fails(message) is { } failure)
            throw failure;
        confirmed.Enqueue((message, partition));
    }

    public Task PublishEncodedAsync<T>(byte[] encoded, int partition, CancellationToken cancellationToken)
        where T : class, IMessage<T>, new() =>
        PublishAsync(new MessageParser<T>(() => new T()).ParseFrom(encoded), partition, cancellationToken);

    public Task PublishAsync<T>(T message, CancellationToken cancellationToken)
        where T : class, IMessage<T> => PublishAsync(message, -1, cancellationToken);

    private static TaskCompletionSource Opened()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
