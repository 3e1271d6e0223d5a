using System.CommandLine;
using System.CommandLine.Parsing;
using Grpc.Core;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp site rules</c>: shows, changes and previews rules, and applies them to all history.</summary>
internal static class SiteRulesCommand
{
    // Retries after concurrent changes of the same rules.
    private const int UpdateAttempts = 5;

    private const string About = """
        Show a site's rules, or change those that are given. Changed rules hold for sessions that begin from then on.
        With --preview: only show what they would make of the stored history; nothing is changed.
        With --reprocess: also compute all history anew by them; without any rule, by the rules as they are.
        With --json the document is the site, with --preview the comparison.
        """;

    public static Command Create(CommandHost host)
    {
        var id = SiteCommand.Id();
        var rules = new RuleOptions();
        var preview = Flag("--preview", "Show sessions, rates and funnels before and after; change nothing.");
        var reprocess = Flag("--reprocess", "Compute all history anew, on the server, and wait until that is done.");
        var detach = Flag("--detach", "With --reprocess: do not wait. See how far it is: ./sp site reprocess ID");
        var json = CommonOptions.Json();
        var command = new Command("rules", About) { id, preview, reprocess, detach, json };
        rules.AddTo(command);
        command.Validators.Add(result => Check(
            result,
            rules.AnyGiven(result),
            result.GetValue(preview),
            result.GetValue(reprocess),
            result.GetValue(detach)));
        host.OnRun(command, (context, parsed, cancellationToken) =>
        {
            var siteId = parsed.GetRequiredValue(id);
            Action<SiteRules>? change = rules.AnyGiven(parsed) ? target => rules.Apply(target, parsed) : null;
            var asJson = parsed.GetValue(json);
            if (parsed.GetValue(preview))
                return RulesPreviewing.RunAsync(context, siteId, change!, asJson, cancellationToken);
            return parsed.GetValue(reprocess)
                ? ReprocessAsync(context, siteId, change, parsed.GetValue(detach), asJson, cancellationToken)
                : RunAsync(context, siteId, change, asJson, cancellationToken);
        });
        return command;
    }

    public static async Task<Site> GetAsync(CliContext context, string siteId, CancellationToken cancellationToken)
    {
        var answer = await context.Sites.GetSiteAsync(
            new GetSiteRequest { SiteId = siteId }, context.CallAsOwnerOf(siteId, cancellationToken));
        return answer.Site;
    }

    private static void Check(CommandResult result, bool anyRule, bool preview, bool reprocess, bool detach)
    {
        if (preview && reprocess)
            result.AddError("Give --preview to look or --reprocess to apply, not both.");
        else if (preview && !anyRule)
            result.AddError("--preview needs a rule to try, e.g. --timeout 20m.");
        if (detach && !reprocess)
            result.AddError("--detach goes with --reprocess: give both.");
    }

    private static async Task<int> RunAsync(
        CliContext context, string siteId, Action<SiteRules>? change, bool asJson, CancellationToken cancellationToken)
    {
        var site = change is null
            ? await GetAsync(context, siteId, cancellationToken)
            : await ChangeAsync(context, siteId, change, reprocess: false, cancellationToken);
        await WriteAsync(context, site, asJson);
        return ExitCodes.Done;
    }

    private static async Task<int> ReprocessAsync(
        CliContext context, string siteId, Action<SiteRules>? change, bool detach, bool asJson,
        CancellationToken cancellationToken)
    {
        var site = await ChangeAsync(context, siteId, change ?? (_ => { }), reprocess: true, cancellationToken);
        // Written before the wait, because the rules have changed even if the wait fails.
        await WriteAsync(context, site, asJson);
        var line = $"All history is being computed anew. See how far it is: ./sp site reprocess {siteId}";
        if (!detach)
            line = ReprocessCommand.LineOf(
                await ReprocessCommand.FollowAsync(context, siteId, site.RulesVersion, cancellationToken), siteId);
        if (!asJson)
            await context.Environment.Output.WriteLineAsync(line);
        return ExitCodes.Done;
    }

    private static async Task WriteAsync(CliContext context, Site site, bool asJson)
    {
        if (asJson)
            await Json.WriteLineAsync(context, site);
        else
            context.Output.Write(RulesTable.Of(site));
    }

    private static async Task<Site> ChangeAsync(
        CliContext context,
        string siteId,
        Action<SiteRules> change,
        bool reprocess,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var site = await GetAsync(context, siteId, cancellationToken);
            change(site.Rules);
            var request = new UpdateSiteRulesRequest
            {
                SiteId = siteId,
                Rules = site.Rules,
                ExpectedVersion = site.RulesVersion,
                Reprocess = reprocess,
            };
            try
            {
                var answer = await context.Sites.UpdateSiteRulesAsync(
                    request, context.CallAsOwnerOf(siteId, cancellationToken));
                return answer.Site;
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.Aborted && attempt < UpdateAttempts)
            {
                // The rules were changed concurrently: start again from the present ones.
            }
        }
    }

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description };
}
