using Grpc.Core;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Query.Backends;
using FunnelsClient = SessionPlatform.Contracts.Funnels.V1.Funnels.FunnelsClient;
using IngestionClient = SessionPlatform.Contracts.Ingestion.V1.Ingestion.IngestionClient;
using SessionsClient = SessionPlatform.Contracts.Sessions.V1.Sessions.SessionsClient;

namespace SessionPlatform.Query.Waiting;

/// <summary>
/// Waits until everything acknowledged so far has arrived everywhere. Services that are away are waited for; only the
/// caller's deadline ends it early.
/// </summary>
internal sealed partial class CheckpointWait(
    Backend<IngestionClient> ingestion,
    Backend<SessionsClient> sessions,
    Backend<FunnelsClient> funnels,
    IOptions<QueryOptions> options,
    TimeProvider time,
    ILogger<CheckpointWait> logger)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly QueryOptions options = options.Value;

    /// <summary>Reports where it stands, each time that changes; DONE last.</summary>
    public async Task RunAsync(bool closed, Func<WaitResponse, Task> reportAsync, CancellationToken cancellation)
    {
        var report = OnChange(reportAsync);
        var watched = new WatchedCheckpoints();
        await UntilAsync(watched, LookAtAppliedAsync, report, cancellation);
        if (closed)
        {
            watched.LookAnew();
            await UntilAsync(watched, LookAtClosedAsync, report, cancellation);
            // What closing published is behind the first checkpoint, so a new one is needed.
            await UntilAsync(new WatchedCheckpoints(), LookAtAppliedAsync, report, cancellation);
        }

        await report(Standing.Done);
    }

    private static Func<Standing, Task> OnChange(Func<WaitResponse, Task> reportAsync)
    {
        Standing? last = null;
        return async standing =>
        {
            if (standing == last)
                return;
            last = standing;
            await reportAsync(new WaitResponse { Phase = standing.Phase, Remaining = standing.Remaining });
        };
    }

    /// <summary>
    /// Until one of the watched checkpoints is done; places the first, and another when they are stuck.
    /// </summary>
    private async Task UntilAsync(
        WatchedCheckpoints watched,
        Func<Checkpoint, CancellationToken, Task<Standing>> lookAsync,
        Func<Standing, Task> reportAsync,
        CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        var moved = begun;
        while (true)
        {
            var isStuck = watched.Count > 0 && time.GetElapsedTime(moved) > options.CheckpointPatience;
            if (watched.Count == 0 || isStuck)
            {
                if (await PatientlyAsync(PlaceAsync, cancellation) is { } placed)
                {
                    if (isStuck)
                        Log.PlacedAgain(logger, watched.Count);
                    watched.Add(placed);
                    moved = time.GetTimestamp();
                }
            }

            foreach (var checkpoint in watched)
            {
                var standing = await PatientlyAsync(token => lookAsync(checkpoint, token), cancellation);
                if (standing is null || standing == checkpoint.Standing)
                    continue;
                checkpoint.Standing = standing;
                moved = time.GetTimestamp();
            }

            if (watched.Furthest is { } furthest)
            {
                if (furthest.IsDone)
                    return;
                await reportAsync(furthest);
            }

            await Task.Delay(Pause(time.GetElapsedTime(begun)), time, cancellation);
        }
    }

    private async Task<Checkpoint> PlaceAsync(CancellationToken cancellation)
    {
        var placed = await ingestion.CallAsync(
            (client, call) => client.PlaceCheckpointAsync(new(), call), options.CheckpointCallTimeout, cancellation);
        return new Checkpoint(placed.CheckpointId, placed.Partitions);
    }

    private async Task<Standing> LookAtAppliedAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        if (!checkpoint.IsPublished)
        {
            var sessionized = await AskSessionizerAsync(checkpoint, cancellation);
            if (sessionized.PassedPartitions < checkpoint.Partitions)
                return Standing.At(WaitResponse.Types.Phase.Sessionizing, checkpoint, sessionized.PassedPartitions);
            if (!sessionized.Published)
                return new Standing(WaitResponse.Types.Phase.Publishing, 0);
            checkpoint.IsPublished = true;
        }

        var applied = await funnels.CallAsync(
            (client, call) => client.GetCheckpointAsync(new() { CheckpointId = checkpoint.Id }, call),
            options.CheckpointCallTimeout,
            cancellation);
        return applied.PassedPartitions < checkpoint.Partitions
            ? Standing.At(WaitResponse.Types.Phase.Applying, checkpoint, applied.PassedPartitions)
            : Standing.Done;
    }

    private async Task<Standing> LookAtClosedAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        var sessionized = await AskSessionizerAsync(checkpoint, cancellation);
        if (sessionized.PassedPartitions < checkpoint.Partitions)
            return Standing.At(WaitResponse.Types.Phase.Sessionizing, checkpoint, sessionized.PassedPartitions);
        return sessionized.ClosingSessions > 0
            ? new Standing(WaitResponse.Types.Phase.Closing, sessionized.ClosingSessions)
            : Standing.Done;
    }

    private Task<Contracts.Sessions.V1.GetCheckpointResponse> AskSessionizerAsync(
        Checkpoint checkpoint, CancellationToken cancellation) =>
        sessions.CallAsync(
            (client, call) => client.GetCheckpointAsync(new() { CheckpointId = checkpoint.Id }, call),
            options.CheckpointCallTimeout,
            cancellation);

    /// <summary>Null when the service is away or in trouble: there will be another time.</summary>
    private async Task<T?> PatientlyAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await ask(cancellation);
        }
        catch (RpcException error) when (MayPass(error.StatusCode) && !cancellation.IsCancellationRequested)
        {
            Log.Away(logger, error.StatusCode);
            return null;
        }
    }

    // A process that is being killed answers with any of these; a wrong request or key stays wrong.
    private static bool MayPass(StatusCode code) => code is
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Aborted
        or StatusCode.Internal or StatusCode.Unknown or StatusCode.ResourceExhausted;

    // A short wait ends soon; a long one costs little.
    private static TimeSpan Pause(TimeSpan waited)
    {
        var pause = waited / 20;
        return pause < ShortestPause ? ShortestPause : pause > LongestPause ? LongestPause : pause;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Watched} checkpoints came no further; another one is placed.")]
        public static partial void PlacedAgain(ILogger logger, int watched);

        [LoggerMessage(2, LogLevel.Debug, "A service is away ({Status}); waiting for it.")]
        public static partial void Away(ILogger logger, StatusCode status);
    }
}
