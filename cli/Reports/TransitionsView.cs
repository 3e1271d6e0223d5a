using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Journeys.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SessionPlatform.Cli.Reports;

/// <summary>Formats transitions by step, with a bar for the share of the step's sessions that take each.</summary>
internal static class TransitionsView
{
    private const int BarWidth = 24;
    private const int PageLength = 32;

    public static IRenderable Of(GetTransitionsResponse answer)
    {
        var sums = answer.Transitions.GroupBy(row => row.Step)
            .ToDictionary(step => step.Key, step => step.Sum(row => (double)row.Sessions));
        var table = new DataTable(">Step", "From", "To", "", ">Sessions", ">Of step", ">Visitors");
        var step = 0;
        foreach (var row in answer.Transitions)
        {
            var share = row.Sessions / sums[row.Step];
            table.Row(
                row.Step == step ? "" : Show.Count(row.Step),
                Page(row.From, row.FromOther),
                row.HasTo ? Page(row.To, row.ToOther) : "(leaves)",
                Show.Bar(share, BarWidth),
                Show.Count(row.Sessions),
                Show.Percent(share),
                Show.Count(row.Visitors));
            step = row.Step;
        }

        return new Rows(table, new Text($"{Show.Count(answer.Sessions)} sessions have such a path."));
    }

    private static string Page(string page, bool isOther)
    {
        if (isOther)
            return "(other)";
        return page.Length > 0 ? Show.Foreign(page, PageLength) : "(none)";
    }
}
