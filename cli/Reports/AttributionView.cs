using System.Globalization;
using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Attribution.V1;
using SessionPlatform.Contracts.Metrics.V1;
using Spectre.Console;

namespace SessionPlatform.Cli.Reports;

/// <summary>Formats an attribution report with a bar of the conversions for each value.</summary>
internal static class AttributionView
{
    private const int BarWidth = 24;

    public static DataTable Of(GetAttributionRequest request, GetAttributionResponse answer)
    {
        var dimension = request.Dimension == Dimension.Types.Name.Unspecified
            ? Dimension.Types.Name.Channel
            : request.Dimension;
        var table = new DataTable(DimensionText.Title(dimension), "", ">Conversions", ">Sessions", ">Revenue");
        var most = answer.Rows.Select(row => row.Conversions).DefaultIfEmpty().Max();
        foreach (var row in answer.Rows)
            Add(table, DimensionText.Value(row.Value), row, most);
        if (answer.Other is { } other)
            Add(table, DimensionText.Value("", isOther: true), other, most);
        if (answer.Total is { } total)
            Add(table, "total", total, 0);
        return table;
    }

    private static void Add(DataTable table, string name, AttributionRow row, double most) => table.Row(
        name,
        most > 0 ? Show.Bar(row.Conversions / most, BarWidth) : "",
        row.Conversions.ToString("#,0.##", CultureInfo.InvariantCulture),
        row.Sessions.ToString("#,0.##", CultureInfo.InvariantCulture),
        Show.Money(row.Revenue));
}
