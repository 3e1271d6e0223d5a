using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Retention.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SessionPlatform.Cli.Reports;

/// <summary>
/// Formats retention as a heat map: a row per cohort with the share that returned, darker for a higher share.
/// </summary>
internal static class RetentionView
{
    private const string Shades = " ░▒▓█";

    public static IRenderable Of(GetRetentionRequest request, GetRetentionResponse answer)
    {
        var parts = new List<IRenderable>();
        foreach (var table in answer.Tables)
        {
            if (request.Breakdown != Dimension.Types.Name.Unspecified)
                parts.Add(new Text(
                    $"{DimensionText.Title(request.Breakdown)}: {DimensionText.Value(table.Value, table.IsOther)}"));
            parts.Add(Of(request.Interval, new LocalTimes(answer.TimeZone), table));
        }

        return new Rows(parts);
    }

    private static DataTable Of(Bucket interval, LocalTimes times, RetentionTable cohorts)
    {
        var columns = cohorts.Cohorts.Select(cohort => cohort.Returned.Count).DefaultIfEmpty().Max();
        var table = new DataTable(
        [
            $"{interval} ({times.ZoneId})", ">Size", .. Enumerable.Range(0, columns).Select(ahead => $">+{ahead}"),
        ]);
        foreach (var cohort in cohorts.Cohorts)
        {
            table.Row(
            [
                times.Begin(cohort.At, interval),
                Show.Count(cohort.Size),
                .. Enumerable.Range(0, columns).Select(ahead => Cell(cohort, ahead)),
            ]);
        }

        return table;
    }

    private static string Cell(Cohort cohort, int ahead)
    {
        // The period has not begun.
        if (ahead >= cohort.Returned.Count)
            return "";
        if (cohort.Size == 0)
            return "–";
        var share = (double)cohort.Returned[ahead] / cohort.Size;
        // A share above 0 is always visible.
        var shade = share == 0 ? 0 : Math.Max(1, (int)Math.Ceiling(share * 4));
        return FormattableString.Invariant($"{new string(Shades[Math.Min(shade, 4)], 2)} {share * 100,3:0} %");
    }
}
