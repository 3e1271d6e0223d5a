using SessionPlatform.Benchmarks.Harness;
using SessionPlatform.Benchmarks.Stack;
using SessionPlatform.Benchmarks.Traffic;

namespace SessionPlatform.Benchmarks.Measurements;

/// <summary>
/// Measures a site that grows over months: cost per event, memory and queries at 1, 3 and 10 times the events of a run.
/// </summary>
internal static class GrowthBenchmark
{
    private const string Site = "growth";
    private const double MostGrowth = 1.15;
    private const int DaysPerPart = 9;
    private static readonly int[] Stages = [1, 3, 10];

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var runs = await context.RunsAsync(cancellationToken);
        var (rows, part, stored) = (new List<Row>(), context.Options.Events, 0);
        var days = Stages[^1] * DaysPerPart;
        TimeSpan? first = null;
        await runs.Suite.CreateSiteAsync(Site, cancellationToken);
        await QueriesBenchmark.DefineAsync(runs.Suite, Site, cancellationToken);
        foreach (var stage in Stages)
        {
            PipelineRun? last = null;
            for (; stored < stage; stored++)
            {
                // Later parts have later days, as in production.
                var until = ShopTraffic.LastMidnight.AddDays(((stored + 1) * DaysPerPart) - days);
                var load = StreamLoad.Of(
                    Site, ShopTraffic.Between(Site, part, (ulong)stored + 100, until, DaysPerPart), part);
                context.Tell($"{Row.Count(stored * (long)part)} events stored, {Row.Count(part)} more");
                last = await runs.ContinueAsync(load, cancellationToken);
            }

            var cost = last!.Committed / last.Events;
            first ??= cost;
            var when = $"at {Row.Count((long)stage * part)} stored";
            rows.Add(new(
                $"an event, {when}", Row.Micros(cost), Row.Micros(first.Value), Row.Fraction(cost / first.Value),
                $"≤ {Row.Fraction(MostGrowth)}: no growth", cost / first.Value <= MostGrowth));
            rows.AddRange(MemoryBenchmark.RowsOf(when, runs.MemoryNow()));
            rows.AddRange(await QueriesBenchmark.MeasureAsync(context, runs.Suite, Site, cancellationToken));
        }

        return rows;
    }
}
