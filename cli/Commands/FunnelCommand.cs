using System.CommandLine;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp funnel NAME|define|list</c>: shows, defines and lists funnels.</summary>
internal static class FunnelCommand
{
    public static Command Create(CommandHost host)
    {
        var name = new Argument<string>("NAME")
        {
            Description = "The funnel; ecommerce is built in. Not with --file.", Arity = ArgumentArity.ZeroOrOne,
        };
        var options = new FunnelOptions();
        var json = CommonOptions.Json();
        var command = new Command(
            "funnel", "How many sessions reach each stage of a funnel; with further options the whole report of it.")
        {
            name, json, DefineFunnelCommand.Create(host), CreateList(host),
        };
        options.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(name) is not { Tokens.Count: > 0 } && options.HasNoFile(result))
                result.AddError("Give the NAME of a funnel, or --file with a definition.");
        });
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var funnel = parsed.GetValue(name) ?? "";
            if (options.IsReport(parsed))
            {
                return await FunnelReporting.RunAsync(
                    context, parsed, options, funnel, parsed.GetValue(json), cancellationToken);
            }

            var siteId = options.Site(parsed);
            var result = await GetAsync(context, siteId, funnel, options.Range(parsed), cancellationToken);
            if (parsed.GetValue(json))
                await Json.WriteLineAsync(context, result);
            else
                FunnelTable.Write(context, siteId, funnel, result);
            return ExitCodes.Done;
        });
        return command;
    }

    public static async Task<GetFunnelResultResponse> GetAsync(
        CliContext context, string siteId, string name, TimeRange? range, CancellationToken cancellationToken) =>
        await context.Query.GetFunnelResultAsync(
            new GetFunnelResultRequest { SiteId = siteId, Name = name, Range = range },
            context.CallFor(siteId, Key.Types.Scope.Read, cancellationToken));

    private static Command CreateList(CommandHost host)
    {
        var site = CommonOptions.Site();
        var json = CommonOptions.Json();
        var command = new Command("list", "The funnels of a site and their steps.") { site, json };
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var siteId = parsed.GetRequiredValue(site);
            var answer = await context.Query.ListFunnelsAsync(
                new ListFunnelsRequest { SiteId = siteId },
                context.CallFor(siteId, Key.Types.Scope.Read, cancellationToken));
            if (parsed.GetValue(json))
            {
                await Json.WriteLineAsync(context, answer);
                return ExitCodes.Done;
            }

            var table = new DataTable("Funnel", "Step", "Kind", "Event", "Path", "Category");
            foreach (var definition in answer.Definitions)
            {
                var funnel = definition.Name;
                foreach (var step in definition.Steps)
                {
                    table.Row(
                        funnel,
                        Show.Foreign(step.Name),
                        Show.Foreign(step.Kind),
                        Show.Foreign(step.EventName),
                        Show.Foreign(step.Path),
                        Show.Foreign(step.Category));
                    funnel = "";
                }
            }

            context.Output.Write(table);
            return ExitCodes.Done;
        });
        return command;
    }
}
