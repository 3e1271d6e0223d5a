using Grpc.Core;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Query.Backends;
using SessionPlatform.Query.Configuration;
using FunnelsClient = SessionPlatform.Contracts.Funnels.V1.Funnels.FunnelsClient;
using IngestionClient = SessionPlatform.Contracts.Ingestion.V1.Ingestion.IngestionClient;
using Phase = SessionPlatform.Contracts.Query.V1.WaitResponse.Types.Phase;
using SessionsClient = SessionPlatform.Contracts.Sessions.V1.Sessions.SessionsClient;

namespace SessionPlatform.Query.Waiting;

/// <summary>
/// Waits until everything acknowledged so far is applied to the results of all services. It waits for unavailable
/// services, too; only the caller's deadline ends it early.
/// </summary>
internal sealed partial class CheckpointWait(
    Backend<IngestionClient> ingestion,
    Backend<SessionsClient> sessions,
    Backend<FunnelsClient> funnels,
    IOptions<QueryOptions> options,
    TimeProvider time,
    ILogger<CheckpointWait> logger)
{
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);

    private readonly QueryOptions options = options.Value;

    /// <summary>Reports the progress each time it changes; DONE last.</summary>
    public async Task RunAsync(bool closed, Func<WaitResponse, Task> reportAsync, CancellationToken cancellationToken)
    {
        var report = OnChange(reportAsync);
        var watched = new WatchedCheckpoints();
        await UntilAsync(watched, GetAppliedProgressAsync, report, cancellationToken);
        if (closed)
        {
            watched.Reset();
            await UntilAsync(watched, GetClosedProgressAsync, report, cancellationToken);
            // Sessions that were closed meanwhile are published behind the first checkpoint, so a new one is needed.
            await UntilAsync(new WatchedCheckpoints(), GetAppliedProgressAsync, report, cancellationToken);
        }

        await report(CheckpointProgress.Done);
    }

    private static Func<CheckpointProgress, Task> OnChange(Func<WaitResponse, Task> reportAsync)
    {
        CheckpointProgress? last = null;
        return async progress =>
        {
            if (progress == last)
                return;
            last = progress;
            await reportAsync(new WaitResponse { Phase = progress.Phase, Remaining = progress.Remaining });
        };
    }

    /// <summary>
    /// Polls until one of the watched checkpoints is done; places the first one, and another when none makes progress.
    /// </summary>
    private async Task UntilAsync(
        WatchedCheckpoints watched,
        Func<Checkpoint, CancellationToken, Task<CheckpointProgress>> getProgressAsync,
        Func<CheckpointProgress, Task> reportAsync,
        CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var moved = start;
        while (true)
        {
            var isStuck = watched.Count > 0 && time.GetElapsedTime(moved) > options.CheckpointPatience;
            if (watched.Count == 0 || isStuck)
            {
                if (await TryCallAsync(PlaceAsync, cancellationToken) is { } placed)
                {
                    if (isStuck)
                        Log.PlacedAgain(logger, watched.Count);
                    watched.Add(placed);
                    moved = time.GetTimestamp();
                }
            }

            foreach (var checkpoint in watched)
            {
                var progress = await TryCallAsync(token => getProgressAsync(checkpoint, token), cancellationToken);
                if (progress is null || progress == checkpoint.Progress)
                    continue;
                checkpoint.Progress = progress;
                moved = time.GetTimestamp();
            }

            if (watched.Furthest is { } furthest)
            {
                if (furthest.IsDone)
                    return;
                await reportAsync(furthest);
            }

            await Task.Delay(Pause(time.GetElapsedTime(start)), time, cancellationToken);
        }
    }

    private async Task<Checkpoint> PlaceAsync(CancellationToken cancellationToken)
    {
        var placed = await ingestion.CallAsync(
            (client, call) => client.PlaceCheckpointAsync(new(), call),
            options.CheckpointCallTimeout,
            cancellationToken);
        return new Checkpoint(placed.CheckpointId, placed.Partitions);
    }

    private async Task<CheckpointProgress> GetAppliedProgressAsync(
        Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        if (!checkpoint.IsPublished)
        {
            var sessionized = await AskSessionizerAsync(checkpoint, cancellationToken);
            if (sessionized.PassedPartitions < checkpoint.Partitions)
                return CheckpointProgress.At(Phase.Sessionizing, checkpoint, sessionized.PassedPartitions);
            if (!sessionized.Published)
                return new CheckpointProgress(Phase.Publishing, 0);
            checkpoint.IsPublished = true;
        }

        var applied = await funnels.CallAsync(
            (client, call) => client.GetCheckpointAsync(new() { CheckpointId = checkpoint.Id }, call),
            options.CheckpointCallTimeout,
            cancellationToken);
        return applied.PassedPartitions < checkpoint.Partitions
            ? CheckpointProgress.At(Phase.Applying, checkpoint, applied.PassedPartitions)
            : CheckpointProgress.Done;
    }

    private async Task<CheckpointProgress> GetClosedProgressAsync(
        Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var sessionized = await AskSessionizerAsync(checkpoint, cancellationToken);
        if (sessionized.PassedPartitions < checkpoint.Partitions)
            return CheckpointProgress.At(Phase.Sessionizing, checkpoint, sessionized.PassedPartitions);
        return sessionized.ClosingSessions > 0
            ? new CheckpointProgress(Phase.Closing, sessionized.ClosingSessions)
            : CheckpointProgress.Done;
    }

    private Task<Contracts.Sessions.V1.GetCheckpointResponse> AskSessionizerAsync(
        Checkpoint checkpoint, CancellationToken cancellationToken) =>
        sessions.CallAsync(
            (client, call) => client.GetCheckpointAsync(new() { CheckpointId = checkpoint.Id }, call),
            options.CheckpointCallTimeout,
            cancellationToken);

    /// <summary>Returns the result of the call; null when it failed in a way that the next poll may not.</summary>
    private async Task<T?> TryCallAsync<T>(
        Func<CancellationToken, Task<T>> callAsync, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await callAsync(cancellationToken);
        }
        catch (RpcException exception)
            when (IsTransient(exception.StatusCode) && !cancellationToken.IsCancellationRequested)
        {
            Log.Unavailable(logger, exception.StatusCode);
            return null;
        }
    }

    // A process that is being killed answers with any of these; an invalid request or key remains invalid.
    private static bool IsTransient(StatusCode code) => code is
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Aborted
        or StatusCode.Internal or StatusCode.Unknown or StatusCode.ResourceExhausted;

    // Polls often at first, so that a short wait ends soon, and rarely later, so that a long one costs little.
    private static TimeSpan Pause(TimeSpan waited)
    {
        var pause = waited / 20;
        return pause < MinPause ? MinPause : pause > MaxPause ? MaxPause : pause;
    }

    private static partial class Log
    {
        [LoggerMessage(4201, LogLevel.Information, "{Count} checkpoints made no progress; placed another one.")]
        public static partial void PlacedAgain(ILogger logger, int count);

        [LoggerMessage(4202, LogLevel.Debug, "A service is unavailable ({Status}); waiting for it.")]
        public static partial void Unavailable(ILogger logger, StatusCode status);
    }
}
