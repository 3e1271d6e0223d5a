using System.CommandLine;
using System.CommandLine.Parsing;
using Grpc.Core;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp site rules</c>: shows rules, changes them, tries them, and applies them to all history.</summary>
internal static class SiteRulesCommand
{
    // Others may change the same rules; this often is enough for any number of people.
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
        host.OnRun(command, (context, parsed, cancellation) =>
        {
            var siteId = parsed.GetRequiredValue(id);
            Action<SiteRules>? change = rules.AnyGiven(parsed) ? target => rules.Apply(target, parsed) : null;
            var asJson = parsed.GetValue(json);
            if (parsed.GetValue(preview))
                return RulesPreviewing.RunAsync(context, siteId, change!, asJson, cancellation);
            return parsed.GetValue(reprocess)
                ? ReprocessAsync(context, siteId, change, parsed.GetValue(detach), asJson, cancellation)
                : RunAsync(context, siteId, change, asJson, cancellation);
        });
        return command;
    }

    public static async Task<Site> GetAsync(CliContext context, string siteId, CancellationToken cancellation)
    {
        var answer = await context.Sites.GetSiteAsync(
            new GetSiteRequest { SiteId = siteId }, context.CallAsOwnerOf(siteId, cancellation));
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
        CliContext context, string siteId, Action<SiteRules>? change, bool asJson, CancellationToken cancellation)
    {
        var site = change is null
            ? await GetAsync(context, siteId, cancellation)
            : await ChangeAsync(context, siteId, change, reprocess: false, cancellation);
        await WriteAsync(context, site, asJson);
        return ExitCodes.Done;
    }

    private static async Task<int> ReprocessAsync(
        CliContext context, string siteId, Action<SiteRules>? change, bool detach, bool asJson,
        CancellationToken cancellation)
    {
        var site = await ChangeAsync(context, siteId, change ?? (_ => { }), reprocess: true, cancellation);
        // At once: the rules are changed whatever becomes of the wait.
        await WriteAsync(context, site, asJson);
        var line = $"All history is being computed anew. See how far it is: ./sp site reprocess {siteId}";
        if (!detach)
            line = ReprocessCommand.LineOf(
                await ReprocessCommand.FollowAsync(context, siteId, site.RulesVersion, cancellation), siteId);
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
        CliContext context, string siteId, Action<SiteRules> change, bool reprocess, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var site = await GetAsync(context, siteId, cancellation);
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
                    request, context.CallAsOwnerOf(siteId, cancellation));
                return answer.Site;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Aborted && attempt < UpdateAttempts)
            {
                // Somebody else changed them in between: start from what is there now.
            }
        }
    }

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description };
}
