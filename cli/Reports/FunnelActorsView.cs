using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Funnels.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SessionPlatform.Cli.Reports;

/// <summary>Formats the actors that reached a step, and where those that dropped out went instead.</summary>
internal static class FunnelActorsView
{
    private const int BarWidth = 30;

    public static IRenderable Of(ListFunnelActorsRequest request, ListFunnelActorsResponse answer)
    {
        var table = new DataTable("Who", "Visitor", "Session", "At (UTC)");
        foreach (var actor in answer.Actors)
            table.Row(Show.Foreign(actor.Id), Show.Foreign(actor.VisitorId), actor.SessionId, Show.Time(actor.At));
        var parts = new List<IRenderable> { table };
        if (answer.NextPages.Count > 0)
            parts.Add(NextPages(answer));
        var what = request.Dropped ? $"reached step {request.Step} and no further" : $"reached step {request.Step}";
        parts.Add(new Text($"{Show.Count(answer.Total)} {what}."));
        if (answer.NextPageToken.Length > 0)
            parts.Add(new Text($"More of them: --page {answer.NextPageToken}"));
        return new Rows(parts);
    }

    private static DataTable NextPages(ListFunnelActorsResponse answer)
    {
        var table = new DataTable("Went to", "", ">How many");
        foreach (var page in answer.NextPages)
        {
            table.Row(
                page.HasPath ? Show.Foreign(page.Path) : "(no page)",
                Show.Bar((double)page.Count / Math.Max(1, answer.Total), BarWidth),
                Show.Count(page.Count));
        }

        return table;
    }
}
