using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Retention.V1;
using Spectre.Console;

namespace SessionPlatform.Cli.Reports;

/// <summary>Formats the lifecycle and stickiness as tables with bars.</summary>
internal static class LifecycleView
{
    private const int BarWidth = 24;

    public static DataTable Of(GetLifecycleRequest request, GetLifecycleResponse answer)
    {
        var times = new LocalTimes(answer.TimeZone);
        var table = new DataTable(
            $"{request.Interval} ({times.ZoneId})", "Active", ">New", ">Returning", ">Resurrecting", ">Dormant");
        var most = answer.Points.Select(Active).DefaultIfEmpty().Max();
        foreach (var point in answer.Points)
        {
            table.Row(
                times.Begin(point.At, request.Interval),
                Show.Bar(most > 0 ? (double)Active(point) / most : 0, BarWidth),
                Show.Count(point.New),
                Show.Count(point.Returning),
                Show.Count(point.Resurrecting),
                Show.Count(point.Dormant));
        }

        return table;
    }

    public static DataTable Of(GetStickinessRequest request, GetStickinessResponse answer)
    {
        var table = new DataTable($">{request.Interval}s", "", request.Cumulative ? ">At least" : ">Exactly");
        var most = answer.Counts.DefaultIfEmpty().Max();
        for (var index = 0; index < answer.Counts.Count; index++)
        {
            table.Row(
                Show.Count(index + 1),
                Show.Bar(most > 0 ? (double)answer.Counts[index] / most : 0, BarWidth),
                Show.Count(answer.Counts[index]));
        }

        return table;
    }

    private static long Active(LifecyclePoint point) => (long)point.New + point.Returning + point.Resurrecting;
}
