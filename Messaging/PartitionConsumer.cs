using System.Runtime.ExceptionServices;
using Google.Protobuf;
using MassTransit;
using SessionPlatform.ServiceDefaults;

namespace SessionPlatform.Messaging;

/// <summary>
/// Applies the messages of a queue, a batch at a time and one batch at a time for each partition. Delivery is
/// at-least-once: a batch may come again, in whole or in part, also after it was applied.
/// </summary>
/// <remarks>
/// What <see cref="ApplyAsync"/> throws decides: failures that pass (connection, deadlock, serialization) are retried
/// for ever, with backoff. After any other the messages are applied one by one, and one that still fails goes to the
/// queue's <c>_error</c> queue with the exception. Messages are acknowledged after they were applied.
/// </remarks>
public abstract class PartitionConsumer<TMessage> : IConsumer<Batch<TMessage>>
    where TMessage : class, IMessage
{
    /// <summary>Commits everything, or nothing and throws. Messages come in queue order, without markers.</summary>
    protected abstract Task ApplyAsync(IReadOnlyList<TMessage> messages, CancellationToken cancellationToken);

    public async Task Consume(ConsumeContext<Batch<TMessage>> context)
    {
        var batch = context.Message.Select(Arrived.From).OrderBy(message => message.Delivery.Tag).ToList();
        var queue = batch[0].Delivery.Queue;
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, queue.Stop.TimeIsUp);
        try
        {
            await queue.Turn.WaitAsync(cancellation.Token);
            try
            {
                await ApplyBatchAsync(batch, queue, cancellation.Token);
            }
            finally
            {
                queue.Turn.Release();
            }
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            throw new GivenBackException();
        }
    }

    private async Task ApplyBatchAsync(List<Arrived> batch, ConsumedQueue queue, CancellationToken cancellationToken)
    {
        var events = batch.Where(message => !message.IsMarker).ToList();
        foreach (var marker in batch.Where(message => message.IsMarker))
        {
            queue.Mark(marker.Delivery, marker.CheckpointId);
            await marker.SetAppliedAsync();
        }

        if (events.Count == 0)
            return;
        try
        {
            await RetryAsync(events, queue, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.BatchFailed(queue.Logger, events.Count, error);
            await ApplyOneByOneAsync(events, queue, cancellationToken);
        }
    }

    private async Task ApplyOneByOneAsync(
        List<Arrived> messages, ConsumedQueue queue, CancellationToken cancellationToken)
    {
        var failures = new List<Exception>();
        foreach (var message in messages)
        {
            try
            {
                await TryOftenAsync(message, queue, cancellationToken);
                await message.SetAppliedAsync();
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                failures.Add(error);
            }
        }

        // Goes with every message of the batch that was not set applied to the error queue.
        if (failures.Count == 1)
            ExceptionDispatchInfo.Throw(failures[0]);
        if (failures.Count > 1)
            throw new AggregateException(failures);
    }

    private async Task TryOftenAsync(Arrived message, ConsumedQueue queue, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await RetryAsync([message], queue, cancellationToken);
                return;
            }
            catch (Exception error) when (
                attempt < queue.Options.MessageTries && !cancellationToken.IsCancellationRequested)
            {
                Log.MessageFailed(queue.Logger, attempt, error);
                await PauseAsync(queue, attempt, cancellationToken);
            }
        }
    }

    /// <summary>Applies; repeats for as long as what fails are the surroundings.</summary>
    private async Task RetryAsync(List<Arrived> messages, ConsumedQueue queue, CancellationToken cancellationToken)
    {
        var contents = messages.ConvertAll(message => message.Content);
        for (var attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await ApplyAsync(contents, cancellationToken);
                return;
            }
            catch (Exception error) when (TransientFailures.Covers(error) && !cancellationToken.IsCancellationRequested)
            {
                Log.TryingAgain(queue.Logger, messages.Count, attempt, error);
                await PauseAsync(queue, attempt, cancellationToken);
            }
        }
    }

    private static async Task PauseAsync(ConsumedQueue queue, int attempt, CancellationToken cancellationToken)
    {
        var options = queue.Options;
        var factor = Math.Pow(2, Math.Min(attempt - 1, 20));
        var pause = TimeSpan.FromMilliseconds(
            Math.Min(options.RetryDelay.TotalMilliseconds * factor, options.MaxRetryDelay.TotalMilliseconds));
        await Task.Delay(pause, queue.Time, cancellationToken);
    }

    private sealed record Arrived(ConsumeContext<TMessage> Context, Delivery Delivery, string CheckpointId)
    {
        public TMessage Content => Context.Message;

        public bool IsMarker => CheckpointId.Length > 0;

        public static Arrived From(ConsumeContext<TMessage> context) =>
            context.ReceiveContext.TryGetPayload<Delivery>(out var delivery)
                ? new(context, delivery, Checkpoints.IdOf(context.Message))
                : throw new InvalidOperationException("Add the consumer by AddPartitionConsumer or AddQueueConsumer.");

        /// <summary>From here on a failure of the batch does not concern this message any more.</summary>
        public Task SetAppliedAsync() =>
            Context.NotifyConsumed(Context, Context.ReceiveContext.ElapsedTime, typeof(TMessage).Name);
    }
}
