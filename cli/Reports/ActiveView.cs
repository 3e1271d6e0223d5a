using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Metrics.V1;
using Spectre.Console;

namespace SessionPlatform.Cli.Reports;

/// <summary>Formats the active visitors with a bar for each page.</summary>
internal static class ActiveView
{
    private const int BarWidth = 40;

    public static DataTable Of(GetActiveVisitorsResponse answer)
    {
        var most = Math.Max(1, answer.Pages.Select(page => page.Visitors).DefaultIfEmpty().Max());
        var table = new DataTable("Now on", "", ">Visitors");
        foreach (var page in answer.Pages)
        {
            table.Row(
                DimensionText.Value(page.Path),
                Show.Bar((double)page.Visitors / most, BarWidth),
                Show.Count(page.Visitors));
        }

        table.Row("active visitors", "", Show.Count(answer.Visitors));
        return table;
    }
}
