using Google.Protobuf.Collections;
using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SessionPlatform.Cli.Reports;

/// <summary>Formats a full funnel report: its steps with bars, followed by the other requested parts.</summary>
internal static class FunnelReportView
{
    private const int BarWidth = 30;

    public static IRenderable Of(GetFunnelReportRequest request, GetFunnelReportResponse answer)
    {
        var parts = new List<IRenderable> { Steps(request, answer.Report ?? new()) };
        if (answer.Values.Count > 0)
            parts.Add(Values(request.Breakdown, answer.Values));
        if (answer.Trend.Count > 0)
            parts.Add(Trend(request.Trend, answer));
        if (answer.Times.Count > 0)
            parts.Add(Times(answer.Times));
        return new Rows(parts);
    }

    private static DataTable Steps(GetFunnelReportRequest request, FunnelReport report)
    {
        var name = request.Definition?.Name ?? request.Name;
        var table = new DataTable(
            name.Length > 0 ? $"{Show.Foreign(name)} of {request.SiteId}" : $"Funnel of {request.SiteId}",
            "", ">Reached", ">Of first", ">Of previous", ">Dropped", ">Mean time", ">Median time");
        var most = Math.Max(1, report.Steps.Select(step => step.Count).DefaultIfEmpty().Max());
        foreach (var step in report.Steps)
        {
            table.Row(
                Show.Foreign(step.Name),
                Show.Bar((double)step.Count / most, BarWidth),
                Show.Count(step.Count),
                Show.Percent(step.HasFromFirst ? step.FromFirst : null),
                Show.Percent(step.HasFromPrevious ? step.FromPrevious : null),
                Show.Count(step.Dropped),
                Show.Duration(step.MeanTime),
                Show.Duration(step.MedianTime));
        }

        return table;
    }

    private static DataTable Values(Dimension.Types.Name breakdown, RepeatedField<FunnelReport> values)
    {
        var names = values[0].Steps.Select(step => $">{Show.Foreign(step.Name, 16)}");
        var table = new DataTable([DimensionText.Title(breakdown), .. names, ">Conversion", ""]);
        foreach (var value in values)
        {
            double? rate = value.HasConversionRate ? value.ConversionRate : null;
            table.Row(
            [
                DimensionText.Value(value.Value, value.IsOther),
                .. value.Steps.Select(step => Show.Count(step.Count)),
                Show.Percent(rate),
                Show.Bar(rate ?? 0, BarWidth),
            ]);
        }

        return table;
    }

    private static DataTable Trend(Bucket bucket, GetFunnelReportResponse answer)
    {
        var times = new LocalTimes(answer.TimeZone);
        var names = (answer.Report?.Steps ?? []).Select(step => $">{Show.Foreign(step.Name, 16)}");
        var table = new DataTable([$"{bucket} ({times.ZoneId})", "", .. names]);
        var most = Math.Max(1, answer.Trend.Max(point => point.Counts.FirstOrDefault()));
        foreach (var point in answer.Trend)
        {
            table.Row(
            [
                times.Begin(point.At, bucket),
                Show.Bar((double)point.Counts.FirstOrDefault() / most, BarWidth),
                .. point.Counts.Select(count => Show.Count(count)),
            ]);
        }

        return table;
    }

    private static DataTable Times(RepeatedField<FunnelTimeBin> bins)
    {
        var table = new DataTable(">Time from", ">to", "", ">Converted");
        var most = Math.Max(1, bins.Max(bin => bin.Count));
        foreach (var bin in bins)
        {
            table.Row(
                Show.Duration(bin.From),
                Show.Duration(bin.To),
                Show.Bar((double)bin.Count / most, BarWidth),
                Show.Count(bin.Count));
        }

        return table;
    }
}
