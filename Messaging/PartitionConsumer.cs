using System.Runtime.ExceptionServices;
using Google.Protobuf;
using MassTransit;
using SessionPlatform.ServiceDefaults;

namespace SessionPlatform.Messaging;

/// <summary>
/// Applies the messages of a queue in batches, one batch at a time for each partition. Delivery is at-least-once: a
/// message may be delivered again, also after it was applied.
/// </summary>
/// <remarks>
/// Transient failures of <see cref="ApplyAsync"/> (connection, deadlock, serialization) are retried without end, with
/// exponential backoff. After any other failure the messages are applied one by one, and a message that still fails
/// goes to the dead letter queue <c>QUEUE_error</c> with the exception. Messages are acknowledged after they were
/// applied.
/// </remarks>
public abstract class PartitionConsumer<TMessage> : IConsumer<Batch<TMessage>>
    where TMessage : class, IMessage
{
    /// <summary>
    /// Applies all messages in one transaction, or throws and applies none. Messages come in the order of the queue,
    /// without markers.
    /// </summary>
    protected abstract Task ApplyAsync(IReadOnlyList<TMessage> messages, CancellationToken cancellationToken);

    public async Task Consume(ConsumeContext<Batch<TMessage>> context)
    {
        var batch = context.Message.Select(Arrived.From).OrderBy(message => message.Delivery.Tag).ToList();
        var queue = batch[0].Delivery.Queue;
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, queue.StopDeadline.Expired);
        try
        {
            await queue.ProcessingLock.WaitAsync(cancellation.Token);
            try
            {
                await ApplyBatchAsync(batch, queue, cancellation.Token);
            }
            finally
            {
                queue.ProcessingLock.Release();
            }
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            throw new RequeueException();
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
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.BatchFailed(queue.Logger, events.Count, exception);
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
                await RetryMessageAsync(message, queue, cancellationToken);
                await message.SetAppliedAsync();
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                failures.Add(exception);
            }
        }

        // Moves every message of the batch that is not marked as applied to the error queue.
        if (failures.Count == 1)
            ExceptionDispatchInfo.Throw(failures[0]);
        if (failures.Count > 1)
            throw new AggregateException(failures);
    }

    private async Task RetryMessageAsync(Arrived message, ConsumedQueue queue, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await RetryAsync([message], queue, cancellationToken);
                return;
            }
            catch (Exception exception) when (
                attempt < queue.Options.MessageTries && !cancellationToken.IsCancellationRequested)
            {
                Log.MessageFailed(queue.Logger, attempt, exception);
                await PauseAsync(queue, attempt, cancellationToken);
            }
        }
    }

    /// <summary>Applies messages, and repeats that as long as the failures are transient.</summary>
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
            catch (Exception exception) when (
                TransientFailures.Covers(exception) && !cancellationToken.IsCancellationRequested)
            {
                Log.Retrying(queue.Logger, messages.Count, attempt, exception);
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

    /// <summary>One message of a batch.</summary>
    private sealed record Arrived(ConsumeContext<TMessage> Context, Delivery Delivery, string CheckpointId)
    {
        public TMessage Content => Context.Message;

        public bool IsMarker => CheckpointId.Length > 0;

        public static Arrived From(ConsumeContext<TMessage> context) =>
            context.ReceiveContext.TryGetPayload<Delivery>(out var delivery)
                ? new(context, delivery, Checkpoints.IdOf(context.Message))
                : throw new InvalidOperationException("Add the consumer by AddPartitionConsumer or AddQueueConsumer.");

        /// <summary>Marks the message as applied; a later failure of the batch does not affect it.</summary>
        public Task SetAppliedAsync() =>
            Context.NotifyConsumed(Context, Context.ReceiveContext.ElapsedTime, typeof(TMessage).Name);
    }
}
