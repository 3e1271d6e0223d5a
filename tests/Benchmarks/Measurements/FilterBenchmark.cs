using Microsoft.Extensions.Options;
using SessionPlatform.Benchmarks.Harness;
using SessionPlatform.Benchmarks.Stack;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Metrics;
using static SessionPlatform.Contracts.Metrics.V1.Filter.Types;

namespace SessionPlatform.Benchmarks.Measurements;

/// <summary>
/// Measures how long a report takes to match its filter with the texts of a site, first and repeated.
/// </summary>
internal static class FilterBenchmark
{
    private const string SiteId = "shop";
    private const int Rounds = 25;

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var texts = context.Options.Pick(50_000, 5_000);
        context.Tell($"{Row.Count(texts)} texts of a site");
        await using var funnels = await PrivateDatabase.StartAsync(
            "funnels", typeof(FunnelOptions).Assembly, _ => { }, cancellationToken);
        await SiteDictionary.Texts(funnels.DataSource, SiteId).EncodeAsync(
            [.. Enumerable.Range(0, texts).Select(number => $"/products/{number}/details")], cancellationToken);
        var options = Options.Create(new FunnelOptions());
        using var database = new ReportDatabase(funnels.DataSource, options);
        var rows = new List<Row>();
        foreach (var name in new[] { Operator.Is, Operator.Contains, Operator.Matches })
        {
            var filter = new Filter
            {
                Dimension = Dimension.Types.Name.Path, Operator = name, Values = { "/products/77/details" },
            };
            var first = await MedianAsync(
                () => new FilterMatcher(database, new ReportCache(options, funnels.Meters)), filter, cancellationToken);
            var cached = new FilterMatcher(database, new ReportCache(options, funnels.Meters));
            var again = await MedianAsync(() => cached, filter, cancellationToken);
            rows.Add(new Row(
                $"a filter {name} over {Row.Count(texts)} texts, matched again", Row.Millis(again),
                $"the first time {Row.Millis(first)}", Row.Fraction(again / first)));
        }

        return rows;
    }

    private static async Task<TimeSpan> MedianAsync(
        Func<FilterMatcher> matcher, Filter filter, CancellationToken cancellationToken)
    {
        var samples = await Samples.TakeAsync(
            Rounds,
            Rounds,
            TimeSpan.Zero,
            _ => matcher().MatchAsync(SiteId, filter, cancellationToken),
            cancellationToken);
        return samples.Median;
    }
}
