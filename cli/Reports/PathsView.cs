using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Journeys.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SessionPlatform.Cli.Reports;

/// <summary>Formats paths with a bar for each, followed by its devices when they are requested.</summary>
internal static class PathsView
{
    private const int BarWidth = 20;
    private const int PageLength = 24;

    public static IRenderable Of(GetPathsResponse answer)
    {
        var most = Math.Max(1, answer.Paths.Select(path => path.Sessions).DefaultIfEmpty().Max());
        var table = new DataTable("Path", "", ">Sessions", ">Visitors", ">Time", ">Converted");
        foreach (var path in answer.Paths)
        {
            table.Row(
                TextOf(path.Pages),
                Show.Bar((double)path.Sessions / most, BarWidth),
                Show.Count(path.Sessions),
                Show.Count(path.Visitors),
                Show.Duration(path.AverageTime),
                Show.Percent(path.ConversionRate));
            foreach (var device in path.Devices)
            {
                table.Row(
                    $"  {DimensionText.Value(device.DeviceType)}",
                    Show.Bar((double)device.Sessions / most, BarWidth),
                    Show.Count(device.Sessions),
                    "",
                    "",
                    Show.Percent(device.ConversionRate));
            }
        }

        return new Rows(table, new Text(
            $"{Show.Count(answer.Sessions)} sessions took {Show.Count(answer.DistinctPaths)} different paths."));
    }

    public static string TextOf(IEnumerable<string> pages) =>
        string.Join(" → ", pages.Select(page => page.Length > 0 ? Show.Foreign(page, PageLength) : "(none)"));
}
