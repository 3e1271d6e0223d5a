using System.CommandLine;
using Grpc.Core;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Cli.Settings;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp site create|list|rules</c>.</summary>
internal static class SiteCommand
{
    // Others may change the same rules; this often is enough for any number of people.
    private const int UpdateAttempts = 5;

    public static Command Create(CommandHost host) => new("site", "Sites, their rules and their first keys.")
    {
        CreateCreate(host),
        CreateList(host),
        CreateRules(host),
    };

    /// <summary>Creates the site and keeps its keys; throws when it exists.</summary>
    public static async Task<CreateSiteResponse> CreateSiteAsync(
        CliContext context, string siteId, SiteRules rules, CancellationToken cancellation)
    {
        CreateSiteResponse created;
        try
        {
            created = await context.Sites.CreateSiteAsync(
                new CreateSiteRequest { SiteId = siteId, Rules = rules }, context.CallAsPlatform(cancellation));
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.AlreadyExists)
        {
            throw new CliException(
                $"Site '{siteId}' exists already. See or change its rules: ./sp site rules {siteId};"
                + $" make another key: ./sp key create {siteId} --scope read");
        }

        foreach (var key in created.Keys)
            context.Keys.Store(siteId, key);
        return created;
    }

    private static Command CreateCreate(CommandHost host)
    {
        var id = Id();
        var rules = new RuleOptions();
        var json = CommonOptions.Json();
        var command = new Command("create", "Create a site; prints its keys, this once.") { id, json };
        rules.AddTo(command);
        host.OnRun(command, async (context, parsed, cancellation) =>
        {
            var wanted = new SiteRules();
            rules.Apply(wanted, parsed);
            var created = await CreateSiteAsync(context, parsed.GetRequiredValue(id), wanted, cancellation);
            if (parsed.GetValue(json))
                await Json.WriteLineAsync(context, created);
            else
                await WriteKeysAsync(context, created);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task WriteKeysAsync(CliContext context, CreateSiteResponse created)
    {
        var output = context.Environment.Output;
        await output.WriteLineAsync($"Site {created.Site.SiteId} is there. Its keys, shown this once:");
        foreach (var key in created.Keys)
        {
            var scopes = string.Join('+', key.Key.Scopes.Select(KeyStore.NameOf));
            await output.WriteLineAsync($"  {scopes,-7} {key.Secret}");
        }

        await output.WriteLineAsync($"They are kept for ./sp in {Path.Combine(context.State, "keys.json")}.");
    }

    private static Command CreateList(CommandHost host)
    {
        var json = CommonOptions.Json();
        var command = new Command("list", "All sites.") { json };
        host.OnRun(command, async (context, parsed, cancellation) =>
        {
            var sites = await context.Sites.ListSitesAsync(new(), context.CallAsPlatform(cancellation));
            if (parsed.GetValue(json))
            {
                await Json.WriteLineAsync(context, sites);
                return ExitCodes.Done;
            }

            var table = Show.Table("Site", "Timeout", "Max. duration", "Campaign", "Time zone", "Created (UTC)");
            foreach (var site in sites.Sites)
            {
                table.Row(
                    site.SiteId,
                    Show.Duration(site.Rules.Timeout),
                    Show.Duration(site.Rules.MaxDuration),
                    Words.Of(site.Rules.Campaign),
                    site.Rules.TimeZone,
                    Show.Time(site.CreatedAt));
            }

            context.Output.Write(table);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateRules(CommandHost host)
    {
        var id = Id();
        var rules = new RuleOptions();
        var json = CommonOptions.Json();
        var command = new Command("rules", "Show a site's rules, or change those that are given.") { id, json };
        rules.AddTo(command);
        host.OnRun(command, async (context, parsed, cancellation) =>
        {
            var siteId = parsed.GetRequiredValue(id);
            var site = rules.AnyGiven(parsed)
                ? await ChangeRulesAsync(context, siteId, target => rules.Apply(target, parsed), cancellation)
                : await GetAsync(context, siteId, cancellation);
            if (parsed.GetValue(json))
                await Json.WriteLineAsync(context, site);
            else
                context.Output.Write(RulesTable.Of(site));
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<Site> GetAsync(CliContext context, string siteId, CancellationToken cancellation)
    {
        var answer = await context.Sites.GetSiteAsync(
            new GetSiteRequest { SiteId = siteId }, context.CallAsOwnerOf(siteId, cancellation));
        return answer.Site;
    }

    private static async Task<Site> ChangeRulesAsync(
        CliContext context, string siteId, Action<SiteRules> change, CancellationToken cancellation)
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

    private static Argument<string> Id() => new("ID")
    {
        Description = "The site: 1-64 characters of a-z, 0-9, \"-\", \"_\" and \".\".",
    };
}
