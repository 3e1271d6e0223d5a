using System.CommandLine;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp funnel NAME</c>, <c>sp funnel define</c>, <c>sp funnel list</c>.</summary>
internal static class FunnelCommand
{
    public static Command Create(CommandHost host)
    {
        var name = new Argument<string>("NAME") { Description = "The funnel; ecommerce is built in." };
        var site = CommonOptions.Site();
        var (from, to) = (CommonOptions.From(), CommonOptions.To());
        var json = CommonOptions.Json();
        var command = new Command("funnel", "How many sessions reach each stage of a funnel.")
        {
            name, site, from, to, json, DefineFunnelCommand.Create(host), CreateList(host),
        };
        host.OnRun(command, async (context, parsed, cancellation) =>
        {
            var funnel = parsed.GetRequiredValue(name);
            var siteId = parsed.GetRequiredValue(site);
            var range = CommonOptions.Range(parsed, from, to);
            var result = await GetAsync(context, siteId, funnel, range, cancellation);
            if (parsed.GetValue(json))
                await Json.WriteLineAsync(context, result);
            else
                FunnelTable.Write(context, siteId, funnel, result);
            return ExitCodes.Done;
        });
        return command;
    }

    public static async Task<GetFunnelResultResponse> GetAsync(
        CliContext context, string siteId, string name, TimeRange? range, CancellationToken cancellation) =>
        await context.Query.GetFunnelResultAsync(
            new GetFunnelResultRequest { SiteId = siteId, Name = name, Range = range },
            context.CallFor(siteId, Key.Types.Scope.Read, cancellation));

    private static Command CreateList(CommandHost host)
    {
        var site = CommonOptions.Site();
        var json = CommonOptions.Json();
        var command = new Command("list", "The funnels of a site and their steps.") { site, json };
        host.OnRun(command, async (context, parsed, cancellation) =>
        {
            var siteId = parsed.GetRequiredValue(site);
            var answer = await context.Query.ListFunnelsAsync(
                new ListFunnelsRequest { SiteId = siteId },
                context.CallFor(siteId, Key.Types.Scope.Read, cancellation));
            if (parsed.GetValue(json))
            {
                await Json.WriteLineAsync(context, answer);
                return ExitCodes.Done;
            }

            var table = Show.Table("Funnel", "Step", "Kind", "Event", "Path", "Category");
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
