using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Metrics.V1;
using Spectre.Console;

namespace SessionPlatform.Cli.Reports;

/// <summary>Formats a top list with bars of its first metric.</summary>
internal static class TopListView
{
    private const int BarWidth = 24;

    public static DataTable Of(GetTopListRequest request, GetTopListResponse answer)
    {
        var compares = request.Comparison != Comparison.Unspecified;
        var metrics = answer.Total?.Values.Select(value => ">" + MetricText.Title(value.Metric)) ?? [];
        var table = new DataTable(
        [
            DimensionText.Title(request.Dimension),
            "",
            .. metrics.SelectMany(title => compares ? new[] { title, ">±" } : [title]),
        ]);
        // The sum of all others is often far larger than any value shown.
        var most = answer.Rows.Select(First).DefaultIfEmpty().Max();
        foreach (var row in answer.Rows)
            Add(table, DimensionText.Value(row.Value), row, most, compares);
        if (answer.Other is { } other)
            Add(table, DimensionText.Value("", isOther: true), other, 0, compares);
        if (answer.Total is { } total)
            Add(table, "total", total, 0, compares);
        return table;
    }

    private static void Add(DataTable table, string name, TopListRow row, double most, bool compares) => table.Row(
    [
        name,
        most > 0 ? Show.Bar(First(row) / most, BarWidth) : "",
        .. row.Values.SelectMany((value, metric) => compares
            ? new[] { MetricText.Of(value), MetricText.Change(value, row.Compared.ElementAtOrDefault(metric)) }
            : [MetricText.Of(value)]),
    ]);

    private static double First(TopListRow row) =>
        row.Values.FirstOrDefault() is { } value ? MetricText.Number(value) ?? 0 : 0;
}
