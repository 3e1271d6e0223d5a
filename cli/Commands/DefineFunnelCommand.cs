using System.CommandLine;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Cli.Reports;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sites.V1;
using Spectre.Console;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp funnel define</c>: stores a funnel and waits until all sessions are counted.</summary>
internal static class DefineFunnelCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private const string About = $"""
        Create or replace a funnel, and wait until the sessions already stored are counted.
        A step is {Steps.Grammar}; every field given must hold. Fields:
          kind      kind of event: pageview, click, purchase, …
          event     name of the event, exactly
          path      glob over the path, ignoring case: * within a segment, ** across
          category  page category, ignoring case
        Whatever else a funnel can have is given by --file instead, see docs/funnels.md.
        Example: --step 'Docs:kind=pageview,path=/docs/**' --step 'Sign-up:kind=conversion,event=sign_up'
        """;

    public static Command Create(CommandHost host)
    {
        var name = new Argument<string>("NAME")
        {
            Description = "1-64 characters of a-z, 0-9, \"-\" and \"_\"; one of that name is replaced.",
        };
        var site = CommonOptions.Site();
        var steps = StepsOption();
        var file = new Option<string>("--file")
        {
            HelpName = "DEF.json",
            Description = "A FunnelDefinition in proto3 JSON, instead of steps; - reads standard input.",
        };
        var json = CommonOptions.Json();
        var command = new Command("define", About) { name, site, steps, file, json };
        command.Validators.Add(result =>
        {
            if ((result.GetResult(steps) is null) == (result.GetResult(file) is null))
                result.AddError("Give the steps, by --step, or a definition, by --file.");
        });
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var request = new DefineFunnelRequest
            {
                SiteId = parsed.GetRequiredValue(site),
                Definition = parsed.GetValue(file) is { } path
                    ? await FunnelFile.ReadAsync(context, path, cancellationToken)
                    : new FunnelDefinition { Steps = { parsed.GetRequiredValue(steps) } },
            };
            request.Definition.Name = parsed.GetRequiredValue(name);
            var answer = await context.Query.DefineFunnelAsync(
                request, context.CallFor(request.SiteId, Key.Types.Scope.Admin, cancellationToken));
            var result = await UntilCountedAsync(context, request.SiteId, request.Definition.Name, cancellationToken);
            if (parsed.GetValue(json))
                await Json.WriteLineAsync(context, answer);
            else
                FunnelTable.Write(context, request.SiteId, request.Definition.Name, result);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Task<GetFunnelResultResponse> UntilCountedAsync(
        CliContext context, string siteId, string name, CancellationToken cancellationToken)
    {
        return context.ShowProgress
            ? context.Progress.Status().StartAsync("Counting stored sessions", status =>
                PollAsync(left => status.Status($"Counting stored sessions, {Show.Count(left)} to go")))
            : PollAsync(_ => { });

        async Task<GetFunnelResultResponse> PollAsync(Action<uint> report)
        {
            while (true)
            {
                var result = await FunnelCommand.GetAsync(context, siteId, name, null, cancellationToken);
                if (result.PendingSessions == 0)
                    return result;
                report(result.PendingSessions);
                await Task.Delay(Pause, context.Environment.Time, cancellationToken);
            }
        }
    }

    private static Option<FunnelStep[]> StepsOption() => new("--step")
    {
        HelpName = "STEP",
        Description = "A step, in order; 2 to 20 of them.",
        CustomParser = result =>
        {
            var steps = new List<FunnelStep>();
            foreach (var token in result.Tokens)
            {
                if (Steps.Parse(token.Value, out var error) is { } step)
                    steps.Add(step);
                else
                    result.AddError(error);
            }

            return [.. steps];
        },
    };
}
