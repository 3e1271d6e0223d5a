using System.CommandLine;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using ProtoDuration = Google.Protobuf.WellKnownTypes.Duration;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp lateness</c>: shows how late events arrived and how that changed sessions.</summary>
internal static class LatenessCommand
{
    private const int BarWidth = 40;

    public static Command Create(CommandHost host)
    {
        var site = CommonOptions.Site();
        var from = CommonOptions.From("Only what was stored, by whole UTC days,");
        var to = CommonOptions.To("Only what was stored, by whole UTC days,");
        var json = CommonOptions.Json();
        var command = new Command(
            "lateness",
            "How late events came, and what that did to sessions. An event is late when its visitor already had a later"
            + " one.")
        {
            site, from, to, json,
        };
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var request = new GetLatenessRequest
            {
                SiteId = parsed.GetRequiredValue(site),
                Range = CommonOptions.Range(parsed, from, to),
            };
            var answer = await context.Query.GetLatenessAsync(
                request, context.CallFor(request.SiteId, Key.Types.Scope.Read, cancellationToken));
            if (parsed.GetValue(json))
                await Json.WriteLineAsync(context, answer);
            else
                Write(context, request.SiteId, answer);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(CliContext context, string siteId, GetLatenessResponse answer)
    {
        var table = new DataTable($"Events of {siteId}", ">" + Show.Count(answer.Events));
        table.Row("Came late", Show.Count(answer.LateEvents));
        table.Row("Share", Show.Percent(Share(answer.LateEvents, answer.Events)));
        table.Row("Sent again and dropped", Show.Count(answer.Duplicates));
        table.Row("Clock ahead, set to receipt", Show.Count(answer.ClockClamped));
        table.Row("Sessions extended", Show.Count(answer.SessionsExtended));
        table.Row("Sessions merged", Show.Count(answer.SessionsMerged));
        table.Row("Sessions split", Show.Count(answer.SessionsSplit));
        table.Row("Sessions retracted", Show.Count(answer.SessionsRetracted));
        table.Row("Sessions reopened", Show.Count(answer.SessionsReopened));
        context.Output.Write(table);
        context.Output.Write(ClassesOf(answer));
    }

    private static DataTable ClassesOf(GetLatenessResponse answer)
    {
        var most = Math.Max(1, answer.Classes.Select(each => each.Events).DefaultIfEmpty().Max());
        var table = new DataTable(">Late by", "", ">Events", ">Of the late");
        ProtoDuration? above = null;
        foreach (var each in answer.Classes)
        {
            table.Row(
                Describe(above, each.UpTo),
                Show.Bar((double)each.Events / most, BarWidth),
                Show.Count(each.Events),
                Show.Percent(Share(each.Events, answer.LateEvents)));
            above = each.UpTo;
        }

        return table;
    }

    private static string Describe(ProtoDuration? above, ProtoDuration? upTo) => (above, upTo) switch
    {
        (null, null) => "any",
        (null, _) => $"up to {Show.Duration(upTo)}",
        (_, null) => $"more than {Show.Duration(above)}",
        _ => $"{Show.Duration(above)} to {Show.Duration(upTo)}",
    };

    private static double? Share(ulong part, ulong whole) => whole == 0 ? null : (double)part / whole;
}
