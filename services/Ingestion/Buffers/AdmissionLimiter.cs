namespace SessionPlatform.Ingestion.Buffers;

/// <summary>
/// Bounds the bytes of requests in memory: a request enters with its size as weight, in order of arrival, and leaves
/// when the broker has confirmed all of it. While there is no room its caller waits, and the caller's stream is not
/// read.
/// </summary>
/// <remarks>
/// Not a <c>ConcurrencyLimiter</c>: when the first waiter cancels, that one admits the next only at the next release.
/// </remarks>
internal sealed class AdmissionLimiter(long capacity)
{
    private readonly Lock sync = new();
    private readonly LinkedList<Waiter> waiters = [];
    private long used;

    /// <summary>The weight that is admitted at the moment, in bytes.</summary>
    public long Used => Interlocked.Read(ref used);

    /// <summary>Returns the weight of a request: its size, or the whole capacity for one that is larger.</summary>
    public long WeightOf(long size) => Math.Min(size, capacity);

    /// <summary>Completes once the weight is admitted; <see cref="Leave"/> must follow.</summary>
    public ValueTask EnterAsync(long weight, CancellationToken cancellationToken)
    {
        lock (sync)
        {
            if (waiters.Count == 0 && used + weight <= capacity)
            {
                used += weight;
                return ValueTask.CompletedTask;
            }
            var waiter = new Waiter(weight);
            var node = waiters.AddLast(waiter);
            return new ValueTask(WaitAsync(node, cancellationToken));
        }
    }

    /// <summary>Releases the weight of a request and admits waiters that fit.</summary>
    public void Leave(long weight)
    {
        lock (sync)
        {
            used -= weight;
            Admit();
        }
    }

    private async Task WaitAsync(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(node, cancellationToken), null);
        await node.Value.Admitted.Task;
    }

    private void GiveUp(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        lock (sync)
        {
            // Admitted at the same moment: the caller continues and observes its cancellation itself.
            if (node.List is null)
                return;
            waiters.Remove(node);
            node.Value.Admitted.SetCanceled(cancellationToken);
            // A small request may fit where a large one at the head did not.
            Admit();
        }
    }

    private void Admit()
    {
        while (waiters.First is { } first && used + first.Value.Weight <= capacity)
        {
            used += first.Value.Weight;
            waiters.RemoveFirst();
            first.Value.Admitted.SetResult();
        }
    }

    private sealed record Waiter(long Weight)
    {
        // Continuations run asynchronously, since the lock is held when it completes.
        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
