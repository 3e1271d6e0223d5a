using System.CommandLine;
using Grpc.Core;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Cli.Settings;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp site create|list|rules|reprocess</c>: manages sites.</summary>
internal static class SiteCommand
{
    public static Command Create(CommandHost host) => new("site", "Sites, their rules and their first keys.")
    {
        CreateCreate(host),
        CreateList(host),
        SiteRulesCommand.Create(host),
        ReprocessCommand.Create(host),
    };

    /// <summary>Creates the site and stores its keys; throws when it exists.</summary>
    public static async Task<CreateSiteResponse> CreateSiteAsync(
        CliContext context, string siteId, SiteRules rules, CancellationToken cancellationToken)
    {
        CreateSiteResponse created;
        try
        {
            created = await context.Sites.CreateSiteAsync(
                new CreateSiteRequest { SiteId = siteId, Rules = rules }, context.CallAsPlatform(cancellationToken));
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.AlreadyExists)
        {
            throw new CliException(
                $"Site '{siteId}' exists already. See or change its rules: ./sp site rules {siteId};"
                + $" make another key: ./sp key create {siteId} --scope read");
        }

        foreach (var key in created.Keys)
            context.Keys.Store(siteId, key);
        return created;
    }

    public static Argument<string> Id() => new("ID")
    {
        Description = "The site: 1-64 characters of a-z, 0-9, \"-\", \"_\" and \".\".",
    };

    private static Command CreateCreate(CommandHost host)
    {
        var id = Id();
        var rules = new RuleOptions();
        var json = CommonOptions.Json();
        var command = new Command("create", "Create a site; prints its keys, this once.") { id, json };
        rules.AddTo(command);
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var wanted = new SiteRules();
            rules.Apply(wanted, parsed);
            var created = await CreateSiteAsync(context, parsed.GetRequiredValue(id), wanted, cancellationToken);
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
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var sites = await context.Sites.ListSitesAsync(new(), context.CallAsPlatform(cancellationToken));
            if (parsed.GetValue(json))
            {
                await Json.WriteLineAsync(context, sites);
                return ExitCodes.Done;
            }

            var table = new DataTable("Site", "Timeout", "Max. duration", "Campaign", "Time zone", "Created (UTC)");
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
}
