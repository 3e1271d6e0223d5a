using System.CommandLine;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sites.V1;
using Mark = SessionPlatform.Contracts.Metrics.V1.MarkBotsRequest.Types.Mark;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp bots mark|clear|unmark</c>: overrides which visitors are bots.</summary>
internal static class BotsCommand
{
    // The maximum number of visitors in one call.
    private const int MaxPerCall = 1000;

    public static Command Create(CommandHost host) => new("bots", "Which visitors are bots. Reports follow at once.")
    {
        CreateMark(host, "mark", "These visitors are bots: reports leave them out.", Mark.Bot),
        CreateMark(host, "clear", "These visitors are no bots, whatever was found on arrival.", Mark.NotBot),
        CreateMark(
            host, "unmark", "Take back what was said: what was found on arrival holds again.", Mark.Unspecified),
    };

    private static Command CreateMark(CommandHost host, string name, string description, Mark mark)
    {
        var visitors = new Argument<string[]>("VISITOR")
        {
            Description = "Visitor ids.",
            Arity = ArgumentArity.OneOrMore,
        };
        var site = CommonOptions.Site();
        var json = CommonOptions.Json();
        var command = new Command(name, description) { visitors, site, json };
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var total = new MarkBotsResponse();
            foreach (var chunk in parsed.GetRequiredValue(visitors).Chunk(MaxPerCall))
            {
                var request = new MarkBotsRequest { SiteId = parsed.GetRequiredValue(site), Mark = mark };
                request.VisitorIds.Add(chunk);
                var answer = await context.Query.MarkBotsAsync(
                    request, context.CallFor(request.SiteId, Key.Types.Scope.Admin, cancellationToken));
                total.SessionsChanged += answer.SessionsChanged;
            }

            if (parsed.GetValue(json))
                await Json.WriteLineAsync(context, total);
            else
                await context.Environment.Output.WriteLineAsync(Text(total.SessionsChanged));
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Text(uint sessions) => sessions == 1
        ? "1 session is counted otherwise now."
        : $"{Show.Count(sessions)} sessions are counted otherwise now.";
}
