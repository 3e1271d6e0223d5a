using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Metrics.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SessionPlatform.Cli.Reports;

/// <summary>Formats series: a line with a chart for each metric, and the points when there is one series.</summary>
internal static class SeriesView
{
    private const int SparklineWidth = 48;
    private const int BarWidth = 24;

    public static IRenderable Of(GetSeriesRequest request, GetSeriesResponse answer)
    {
        var parts = new List<IRenderable> { Totals(request, answer) };
        if (request.Bucket != Bucket.Unspecified && answer.Series is [var only] && !HasBreakdown(request))
            parts.Add(Points(request.Bucket, answer.TimeZone, only, answer.Compared.FirstOrDefault()));
        return new Rows(parts);
    }

    private static bool HasBreakdown(GetSeriesRequest request) =>
        request.Breakdown != Dimension.Types.Name.Unspecified;

    private static DataTable Totals(GetSeriesRequest request, GetSeriesResponse answer)
    {
        var compares = request.Comparison != Comparison.Unspecified;
        var table = new DataTable(
        [
            HasBreakdown(request) ? DimensionText.Title(request.Breakdown) : request.SiteId,
            "Metric", "", ">Total", .. compares ? new[] { ">Earlier", ">Change" } : [],
        ]);
        for (var index = 0; index < answer.Series.Count; index++)
        {
            var (series, earlier) = (answer.Series[index], answer.Compared.ElementAtOrDefault(index));
            for (var metric = 0; metric < series.Total.Count; metric++)
            {
                var (now, before) = (series.Total[metric], earlier?.Total.ElementAtOrDefault(metric));
                table.Row(
                [
                    metric == 0 && HasBreakdown(request) ? DimensionText.Value(series.Value, series.IsOther) : "",
                    MetricText.Title(now.Metric),
                    Line(series, metric),
                    MetricText.Of(now),
                    .. compares ? new[] { Before(before), MetricText.Change(now, before) } : [],
                ]);
            }
        }

        return table;
    }

    private static DataTable Points(Bucket bucket, string zoneId, Series series, Series? earlier)
    {
        var times = new LocalTimes(zoneId);
        var titles = series.Total.Select(value => ">" + MetricText.Title(value.Metric)).ToList();
        var earlierTitles = earlier is null ? [] : titles.Select(title => $"{title}, earlier");
        var table = new DataTable([$"{bucket} ({times.ZoneId})", "", .. titles, .. earlierTitles]);
        var most = series.Points.Max(point => MetricText.Number(point.Values[0])) ?? 0;
        for (var index = 0; index < series.Points.Count; index++)
        {
            var point = series.Points[index];
            var before = earlier?.Points.ElementAtOrDefault(index);
            table.Row(
            [
                times.Begin(point.At, bucket),
                Show.Bar(most > 0 ? (MetricText.Number(point.Values[0]) ?? 0) / most : 0, BarWidth),
                .. point.Values.Select(MetricText.Of),
                .. earlier is null ? [] : series.Total.Select((_, metric) => Before(before?.Values[metric])),
            ]);
        }

        return table;
    }

    private static string Before(MetricValue? value) => value is null ? "–" : MetricText.Of(value);

    private static string Line(Series series, int metric) => Sparkline.Of(
        [.. series.Points.Select(point => MetricText.Number(point.Values[metric]))], SparklineWidth);
}
