using System.Globalization;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sessions.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SessionPlatform.Cli.Reports;

/// <summary>Explains event by event why each step of a funnel counted or did not.</summary>
internal static class FunnelExplanationView
{
    // The server's sentences contain names of steps.
    private const int SentenceLength = 400;

    public static IRenderable Of(ExplainFunnelResponse answer)
    {
        var table = new DataTable("Time (UTC)", "Event", "Step", "Verdict", "Why");
        table.Wrap(-1);
        foreach (var each in answer.Events)
        {
            table.Row(
                Show.Time(each.Event.At),
                EventOf(each.Event),
                each.Step > 0 ? each.Step.ToString(CultureInfo.InvariantCulture) : "–",
                ReportWords.Verdicts.Of(each.Verdict),
                Show.Foreign(each.Reason, SentenceLength));
        }

        var reached = answer.Reached == 0 ? "No step was reached." : $"Reached step {answer.Reached}.";
        return new Rows(table, new Text(reached));
    }

    private static string EventOf(TimelineEvent happened) => Show.Foreign(
        string.Join(' ', new[] { happened.Kind, happened.Name, happened.Path }.Where(part => part.Length > 0)));
}
