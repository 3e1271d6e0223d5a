using SessionPlatform.Benchmarks.Harness;
using SessionPlatform.Benchmarks.Traffic;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>
/// The suite of an invocation, and the ordered run that other benchmarks are compared with: made once, by whoever needs
/// it first.
/// </summary>
internal sealed class PipelineRuns(BenchContext context) : IAsyncDisposable
{
    public const string OrderedSite = "ordered";
    public const ulong OrderedSeed = 1;
    // A warm-up compiles hot code before the measurement.
    private const int WarmUpEvents = 100_000;

    private RunningSuite? suite;
    private PipelineRun? ordered;

    public RunningSuite Suite => suite ?? throw new InvalidOperationException("Not started.");

    /// <summary>The ordered run with the requested number of events.</summary>
    public PipelineRun Ordered => ordered ?? throw new InvalidOperationException("Not started.");

    /// <summary>The COPY of the rows of the ordered run, directly before and after it.</summary>
    public (TimeSpan Before, TimeSpan After) Copy { get; private set; }

    /// <summary>The memory of each service at the end of the ordered run in bytes.</summary>
    public IReadOnlyDictionary<string, (long Most, long Now)> Memory { get; private set; } =
        new Dictionary<string, (long, long)>();

    /// <summary>The cost of the statements of the ordered run; only with <c>--profile</c>.</summary>
    public IReadOnlyList<Row> Profile { get; private set; } = [];

    /// <summary>Starts the suite and makes the ordered run, once.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (ordered is not null)
            return;
        context.Tell("starting the suite");
        suite = await RunningSuite.StartAsync(context.Options.Profile, cancellationToken);
        context.Tell("warming up");
        var few = Math.Min(WarmUpEvents, 3 * context.Options.Events);
        await suite.CreateSiteAsync("warm-up", cancellationToken);
        await PipelineRun.MeasureAsync(
            suite, StreamLoad.Of("warm-up", ShopTraffic.Recent("warm-up", few, seed: 99), few), cancellationToken);

        var (load, copy) = Prepare(context.Options.Events);
        await suite.CreateSiteAsync(OrderedSite, cancellationToken);
        context.Tell($"COPY of {Row.Count(copy.Count)} events, before");
        var before = await copy.MeasureAsync(suite, cancellationToken);
        context.Tell($"the pipeline, {Row.Count(load.Events)} events in order");
        if (context.Options.Profile)
            await StatementProfile.ResetAsync(suite.Administrator, cancellationToken);
        var run = await PipelineRun.MeasureAsync(suite, load, cancellationToken);
        if (context.Options.Profile)
            Profile = await StatementProfile.ReadAsync(suite.Administrator, load.Events, cancellationToken);
        Memory = MemoryNow();
        context.Tell($"COPY of {Row.Count(copy.Count)} events, after");
        Copy = (before, await copy.MeasureAsync(suite, cancellationToken));
        await VerifyAsync(copy, cancellationToken);
        ordered = run;
        Tell(run);
    }

    /// <summary>Creates the site of a load, sends the load and measures it.</summary>
    public async Task<PipelineRun> RunAsync(StreamLoad load, CancellationToken cancellationToken)
    {
        await Suite.CreateSiteAsync(load.SiteId, cancellationToken);
        return await ContinueAsync(load, cancellationToken);
    }

    /// <summary>Sends a load to a site that may contain others, and measures it.</summary>
    public async Task<PipelineRun> ContinueAsync(StreamLoad load, CancellationToken cancellationToken)
    {
        var run = await PipelineRun.MeasureAsync(Suite, load, cancellationToken);
        Tell(run);
        return run;
    }

    /// <summary>Returns the present memory of each service in bytes.</summary>
    public IReadOnlyDictionary<string, (long Most, long Now)> MemoryNow() =>
        Suite.Processes.Names.ToDictionary(name => name, Suite.Processes.Memory);

    public async ValueTask DisposeAsync()
    {
        if (suite is null)
            return;
        context.Tell("stopping the suite");
        await suite.DisposeAsync();
    }

    private (StreamLoad Load, CopyReference Copy) Prepare(int events)
    {
        context.Tell($"inventing {Row.Count(events)} events");
        var (copy, accepted) = (new CopyReference(), Accepted.Of(OrderedSite));
        var load = StreamLoad.Of(
            OrderedSite, ShopTraffic.Recent(OrderedSite, events, OrderedSeed), events,
            sent => copy.Add(accepted.From(sent)));
        return (load, copy);
    }

    // A comparison with other rows would be none.
    private async Task VerifyAsync(CopyReference copy, CancellationToken cancellationToken)
    {
        await using var command = Suite.Sessions.CreateCommand(
            "SELECT count(*), sum(length(event))::bigint FROM events WHERE site_id = $1");
        command.Parameters.Add(new() { Value = OrderedSite });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (rows, bytes) = (reader.GetInt64(0), reader.GetInt64(1));
        if (rows != copy.Count || bytes != copy.Bytes)
        {
            throw new InvalidOperationException(
                $"The pipeline stored {rows} events of {bytes} bytes, COPY {copy.Count} of {copy.Bytes}.");
        }
    }

    private void Tell(PipelineRun run) => context.Tell(
        $"{Row.PerSecond(run.EventsPerSecond, "events")}; acknowledged {run.Acknowledged.TotalSeconds:0.0} s, "
        + $"committed {run.Committed.TotalSeconds:0.0} s, applied {run.Applied.TotalSeconds:0.0} s, "
        + $"{run.Interruptions} interruptions; "
        + string.Join(", ", run.Processor.Select(p => $"{p.Key} {p.Value.TotalSeconds:0.0} s CPU")));
}
