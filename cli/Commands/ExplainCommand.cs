using System.CommandLine;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp explain ID</c>: explains why a session began, ended and holds its events.</summary>
internal static class ExplainCommand
{
    public static Command Create(CommandHost host)
    {
        var id = new Argument<string>("ID")
        {
            Description = "The session's id, as ./sp sessions shows it; also one that is no more.",
        };
        var site = CommonOptions.Site();
        var json = CommonOptions.Json();
        var command = new Command(
            "explain",
            "Why a session is what it is: what began and ended it, which rule kept each event, what made each"
            + " revision.")
        {
            id, site, json,
        };
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var request = new ExplainSessionRequest
            {
                SiteId = parsed.GetRequiredValue(site),
                SessionId = parsed.GetRequiredValue(id),
            };
            var answer = await context.Query.ExplainSessionAsync(
                request, context.CallFor(request.SiteId, Key.Types.Scope.Read, cancellationToken));
            if (parsed.GetValue(json))
                await Json.WriteLineAsync(context, answer);
            else
                Write(context, answer);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(CliContext context, ExplainSessionResponse answer)
    {
        context.Output.Write(ExplainTables.Of(answer));
        if (answer.Events.Count > 0)
            context.Output.Write(ExplainTables.Of(answer.Events, context.Output.Profile.Width));
        if (answer.Revisions.Count > 0)
            context.Output.Write(ExplainTables.Of(answer.Revisions));
    }
}
