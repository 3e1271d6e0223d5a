using System.Diagnostics;
using SessionPlatform.Ingestion.Configuration;
using SessionPlatform.ServiceDefaults;

namespace SessionPlatform.Ingestion.Buffers;

/// <summary>
/// Batches the events that many callers send to one queue into messages, and publishes a message when it is full or its
/// linger time has passed. It needs no bound of its own, since <see cref="AdmissionLimiter"/> bounds its callers.
/// </summary>
internal sealed class MessageBuffer<T> : IAsyncDisposable
{
    private readonly Lock sync = new();
    private readonly Queue<Message> full = [];
    private readonly Func<List<T>, CancellationToken, Task> publish;
    private readonly IngestionOptions options;
    private readonly CancellationTokenSource aborted = new();
    private readonly ITimer linger;
    private Message filling = new();
    private bool lingered;
    private int inFlight;
    private TaskCompletionSource? drained;

    /// <param name="publish">Publishes one message; completes when the broker has confirmed it.</param>
    public MessageBuffer(
        Func<List<T>, CancellationToken, Task> publish, IngestionOptions options, TimeProvider time)
    {
        this.publish = publish;
        this.options = options;
        linger = time.CreateTimer(_ => OnLingered(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds an item to the message that is being filled.</summary>
    /// <param name="item">The item to publish.</param>
    /// <param name="size">Its approximate size in bytes.</param>
    /// <param name="submission">The submission that waits for it.</param>
    public void Add(T item, int size, Submission submission)
    {
        Message? ready;
        lock (sync)
        {
            if (filling.Items.Count > 0 && filling.Bytes + size > options.MessageBytes)
                Seal();
            filling.Add(item, size, submission);
            if (filling.Items.Count >= options.MessageEvents || filling.Bytes >= options.MessageBytes)
                Seal();
            else if (filling.Items.Count == 1)
                linger.Change(options.Linger, Timeout.InfiniteTimeSpan);
            ready = Take();
        }
        Start(ready);
    }

    /// <summary>
    /// Publishes the remaining items and waits for the confirms; cancellation abandons what is not confirmed.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        Task done;
        Message? ready;
        lock (sync)
        {
            lingered = true;
            ready = Take();
            if (ready is null && IsEmpty)
                return;
            drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            done = drained.Task;
        }
        Start(ready);
        await using var registration = cancellationToken.UnsafeRegister(_ => aborted.Cancel(), null);
        await done;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await linger.DisposeAsync();
        aborted.Dispose();
    }

    private bool IsEmpty => inFlight == 0 && full.Count == 0 && filling.Items.Count == 0;

    private void OnLingered()
    {
        Message? ready;
        lock (sync)
        {
            // While the maximum is in flight the message continues to fill; it is taken when a publish completes.
            lingered = filling.Items.Count > 0;
            ready = Take();
        }
        Start(ready);
    }

    private void Seal()
    {
        full.Enqueue(filling);
        filling = new Message();
        lingered = false;
    }

    private Message? Take()
    {
        if (inFlight == options.PublishesInFlight)
            return null;
        if (full.Count == 0 && lingered && filling.Items.Count > 0)
            Seal();
        if (!full.TryDequeue(out var message))
            return null;
        inFlight++;
        return message;
    }

    // On another thread: a caller must not pay for serializing the events of others.
    private void Start(Message? message)
    {
        if (message is not null)
            _ = Task.Run(() => PublishAsync(message));
    }

    private async Task PublishAsync(Message message)
    {
        using var trace = Traces.GoOn("Publish a message", message.Trace);
        Exception? failure = null;
        try
        {
            await publish(message.Items, aborted.Token);
        }
        catch (Exception exception)
        {
            // Every failure is passed to the callers: none of their events in this message is durable.
            failure = exception;
        }
        Message? next;
        TaskCompletionSource? empty = null;
        lock (sync)
        {
            inFlight--;
            next = Take();
            if (IsEmpty)
                (empty, drained) = (drained, null);
        }
        Start(next);
        message.Complete(failure);
        empty?.SetResult();
    }

    private sealed class Message
    {
        private readonly List<Submission> submissions = [];

        public List<T> Items { get; } = [];

        public int Bytes { get; private set; }

        /// <summary>The trace of the caller that added the first item.</summary>
        public ActivityContext Trace { get; private set; }

        public void Add(T item, int size, Submission submission)
        {
            if (Items.Count == 0)
                Trace = Activity.Current?.Context ?? default;
            Items.Add(item);
            Bytes += size;
            // A caller adds its events in a row, so its submission is usually the last one. If others came between, it
            // holds two shares of the message, which is harmless.
            if (submissions.Count > 0 && submissions[^1] == submission)
                return;
            submission.AddShare();
            submissions.Add(submission);
        }

        public void Complete(Exception? failure)
        {
            foreach (var submission in submissions)
                submission.EndShare(failure);
        }
    }
}
