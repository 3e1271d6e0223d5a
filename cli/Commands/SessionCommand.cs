using System.CommandLine;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp session ID</c>: shows one session with its timeline.</summary>
internal static class SessionCommand
{
    public static Command Create(CommandHost host)
    {
        var id = new Argument<string>("ID") { Description = "The session's id, as ./sp sessions shows it." };
        var site = CommonOptions.Site();
        var json = CommonOptions.Json();
        var command = new Command("session", "One session with its timeline.") { id, site, json };
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var request = new GetSessionRequest
            {
                SiteId = parsed.GetRequiredValue(site),
                SessionId = parsed.GetRequiredValue(id),
            };
            var answer = await context.Query.GetSessionAsync(
                request, context.CallFor(request.SiteId, Key.Types.Scope.Read, cancellationToken));
            if (parsed.GetValue(json))
            {
                await Json.WriteLineAsync(context, answer.Document);
                return ExitCodes.Done;
            }

            context.Output.Write(SessionTables.Of(answer.Document.Session));
            context.Output.Write(SessionTables.Of(answer.Document.Timeline));
            return ExitCodes.Done;
        });
        return command;
    }
}
