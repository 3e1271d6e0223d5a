namespace SessionPlatform.Ingestion.Buffers;

/// <summary>
/// Bounds what is held in memory: callers enter with the size of their request, in order of arrival, and leave when
/// all of it is with the broker. While there is no room they wait, and what feeds them is not read.
/// </summary>
internal sealed class AdmissionGate(long capacity)
{
    private readonly Lock sync = new();
    private readonly LinkedList<Waiter> waiters = [];
    private long used;

    /// <summary>Bytes let in at the moment.</summary>
    public long Used => Interlocked.Read(ref used);

    /// <summary>What a request of this size takes: one that is larger than all the room is let in alone.</summary>
    public long WeightOf(long size) => Math.Min(size, capacity);

    /// <summary>Completes once there is room; <see cref="Leave"/> must follow.</summary>
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
            var place = waiters.AddLast(waiter);
            return new ValueTask(WaitAsync(place, cancellationToken));
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Leave(long weight)
    {
        lock (sync)
        {
            used -= weight;
            Admit();
        }
    }

    private async Task WaitAsync(LinkedListNode<Waiter> place, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(place, cancellationToken), null);
        await place.Value.Admitted.Task;
    }

    private void GiveUp(LinkedListNode<Waiter> place, CancellationToken cancellationToken)
    {
        lock (sync)
        {
            // Admitted at the same moment: the caller goes on and finds out itself that it is cancelled.
            if (place.List is null)
                return;
            waiters.Remove(place);
            place.Value.Admitted.SetCanceled(cancellationToken);
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
        // Continuations run elsewhere: the lock is held when it completes.
        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
