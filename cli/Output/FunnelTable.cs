using SessionPlatform.Contracts.Funnels.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SessionPlatform.Cli.Output;

/// <summary>Writes the counts of a funnel with a bar for each stage.</summary>
internal static class FunnelTable
{
    private const int BarWidth = 40;

    public static void Write(CliContext context, string siteId, string name, GetFunnelResultResponse result) =>
        context.Output.Write(Of(siteId, name, result));

    public static IRenderable Of(string siteId, string name, GetFunnelResultResponse result)
    {
        var most = Math.Max(1, result.Stages.Select(stage => stage.Sessions).DefaultIfEmpty().Max());
        var table = new DataTable($"{name} of {siteId}", "", ">Sessions", ">Visitors", ">Conversion", ">Drop-off");
        foreach (var stage in result.Stages)
        {
            table.Row(
                Show.Foreign(stage.Name),
                Show.Bar((double)stage.Sessions / most, BarWidth),
                Show.Count(stage.Sessions),
                Show.Count(stage.Visitors),
                Show.Percent(stage.HasConversionRate ? stage.ConversionRate : null),
                Show.Percent(stage.HasDropOffRate ? stage.DropOffRate : null));
        }

        var rows = new List<IRenderable> { table };
        if (result.PendingSessions > 0)
        {
            rows.Add(new Text(
                $"{Show.Count(result.PendingSessions)} stored sessions are still to be counted;"
                + " ask again in a moment."));
        }

        rows.Add(new Text("Sessions of bots are counted, too; --report leaves them out."));
        return new Rows(rows);
    }
}
