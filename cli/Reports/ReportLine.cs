using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using Case = SessionPlatform.Contracts.Query.V1.GetReportResponse.ReportOneofCase;

namespace SessionPlatform.Cli.Reports;

/// <summary>Formats the most important figures of any report in one line.</summary>
internal static class ReportLine
{
    private const int MaxParts = 10;

    public static string Of(GetReportResponse answer) => answer.ReportCase switch
    {
        Case.Series => Join(answer.Series.Series.Select(series => Named(series.Value, series.IsOther, series.Total))),
        Case.TopList => Join(answer.TopList.Rows.Select(row => Named(row.Value, isOther: false, row.Values))),
        Case.ActiveVisitors => Join(
        [
            $"{Show.Count(answer.ActiveVisitors.Visitors)} active",
            .. answer.ActiveVisitors.Pages.Select(
                page => $"{DimensionText.Value(page.Path)} {Show.Count(page.Visitors)}"),
        ]),
        Case.Paths => Join(
        [
            $"{Show.Count(answer.Paths.Sessions)} sessions",
            .. answer.Paths.Paths.Select(path => $"{PathsView.TextOf(path.Pages)} {Show.Count(path.Sessions)}"),
        ]),
        Case.Transitions => $"{Show.Count(answer.Transitions.Sessions)} sessions",
        Case.Funnel => Join(
            answer.Funnel.Stages.Select(stage => $"{Show.Foreign(stage.Name)} {Show.Count(stage.Sessions)}")),
        Case.Retention => Show.Count(answer.Retention.Tables.Sum(table => table.Cohorts.Sum(cohort => cohort.Size)))
            + " in cohorts",
        Case.Lifecycle => answer.Lifecycle.Points.LastOrDefault() is { } point
            ? $"{Show.Count(point.New)} new, {Show.Count(point.Returning)} returning, "
                + $"{Show.Count(point.Resurrecting)} resurrecting, {Show.Count(point.Dormant)} dormant"
            : "",
        Case.Stickiness => Join(answer.Stickiness.Counts.Select((count, index) => $"{index + 1}: {Show.Count(count)}")),
        Case.Attribution => Join(answer.Attribution.Rows.Select(
            row => FormattableString.Invariant($"{DimensionText.Value(row.Value)} {row.Conversions:#,0.##}"))),
        Case.FunnelReport => Join((answer.FunnelReport.Report?.Steps ?? []).Select(
            step => $"{Show.Foreign(step.Name)} {Show.Count(step.Count)}")),
        _ => "",
    };

    private static string Named(string value, bool isOther, IEnumerable<MetricValue> values)
    {
        var name = value.Length > 0 || isOther ? $"{DimensionText.Value(value, isOther)}: " : "";
        return name + Join(values.Select(each => $"{MetricText.Title(each.Metric)} {MetricText.Of(each)}"));
    }

    private static string Join(IEnumerable<string> parts) => string.Join(", ", parts.Take(MaxParts));
}
