using System.Diagnostics;
using System.Threading.Channels;
using Grpc.Core;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Ingestion.Intake;
using SessionPlatform.Ingestion.Requests;
using SessionPlatform.ServiceDefaults;
using SessionPlatform.Access;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Ingestion.Grpc;

/// <summary>
/// Handles one stream of batches. One loop reads and submits, another acknowledges in order as the broker confirms; the
/// bounded channel between them limits how far reading runs ahead.
/// </summary>
internal sealed class StreamCall(EventIntake intake, Caller caller, int batchesInFlight, CancellationToken stopping)
{
    // An answer contains the rejects of the batches that it covers; at this number it is sent before it covers more.
    private const int MaxRejectsPerAck = RawBatch.MaxEvents;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // One less, since the batch whose confirm is awaited has left the channel.
    private readonly Channel<Submitted> waiting = Channel.CreateBounded<Submitted>(
        new BoundedChannelOptions(Math.Max(1, batchesInFlight - 1))
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
            SingleWriter = true,
        });

    /// <summary>
    /// Runs until the client has sent everything and all of it is acknowledged, or until the first failure.
    /// </summary>
    public async Task RunAsync(
        IAsyncStreamReader<RawBatch> requests,
        IServerStreamWriter<TrackStreamResponse> responses,
        CancellationToken cancellationToken)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        var read = ReadAsync(requests, reading.Token);
        try
        {
            await AcknowledgeAsync(responses, cancellationToken);
        }
        finally
        {
            // Further batches would not be acknowledged, so reading stops.
            await reading.CancelAsync();
            await read;
        }
    }

    // Completes the channel, with the exception if there was one; never throws.
    private async Task ReadAsync(IAsyncStreamReader<RawBatch> requests, CancellationToken cancellationToken)
    {
        var call = Activity.Current;
        try
        {
            var before = 0L;
            while (await requests.MoveNext(cancellationToken))
            {
                using var part = Traces.BeginPart("TrackStream batch", call);
                var batch = requests.Current;
                await CheckAsync(batch, before, cancellationToken);
                before = batch.Sequence;
                var submitted = await intake.SubmitAsync(batch, caller, cancellationToken);
                await waiting.Writer.WriteAsync(submitted, cancellationToken);
            }
            waiting.Writer.Complete();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            waiting.Writer.Complete(GrpcErrors.Unavailable(
                "The service is stopping; connect again and send what is not acknowledged.", RetryAfter));
        }
        catch (Exception exception)
        {
            // The acknowledging loop rethrows it after it has acknowledged the earlier batches.
            waiting.Writer.Complete(exception);
        }
    }

    private async Task CheckAsync(RawBatch batch, long before, CancellationToken cancellationToken)
    {
        var violations = new Violations();
        BatchRules.CheckStreamed(batch, before, violations);
        if (batch.EventCount > RawBatch.MaxEvents)
            await intake.RejectTooLargeAsync(batch, caller, cancellationToken);
        violations.ThrowIfAny();
    }

    private async Task AcknowledgeAsync(
        IServerStreamWriter<TrackStreamResponse> responses, CancellationToken cancellationToken)
    {
        TrackStreamResponse? ack = null;
        await foreach (var submitted in waiting.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                await intake.ConfirmAsync(submitted, cancellationToken);
            }
            catch (Exception) when (ack is not null)
            {
                await responses.WriteAsync(ack, cancellationToken);
                throw;
            }
            Cover(ack ??= new TrackStreamResponse(), submitted);
            // One answer covers all batches that are durable by now; it never waits for more.
            if (waiting.Reader.TryPeek(out var next) && next.Submission.Completion.IsCompleted
                && ack.Rejects.Count < MaxRejectsPerAck)
                continue;
            await responses.WriteAsync(ack, cancellationToken);
            ack = null;
        }
    }

    private static void Cover(TrackStreamResponse ack, Submitted submitted)
    {
        ack.DurableThrough = submitted.Sequence;
        ack.Accepted += (uint)submitted.Accepted;
        if (submitted.Accepted == submitted.Outcomes.Length)
            return;
        for (var index = 0; index < submitted.Outcomes.Length; index++)
        {
            var outcome = submitted.Outcomes[index];
            if (outcome.Accepted)
                continue;
            var reject = new RejectedInBatch { Sequence = submitted.Sequence, Index = index };
            reject.Violations.Add(outcome.Violations);
            ack.Rejects.Add(reject);
        }
    }
}
