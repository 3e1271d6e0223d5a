using System.CommandLine;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Cli.Settings;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp key create|revoke</c>: manages the API keys of a site.</summary>
internal static class KeyCommand
{
    private static readonly Key.Types.Scope[] AllScopes =
        [Key.Types.Scope.Ingest, Key.Types.Scope.Read, Key.Types.Scope.Admin];

    public static Command Create(CommandHost host) => new("key", "Further keys of a site, and the end of old ones.")
    {
        CreateCreate(host),
        CreateRevoke(host),
    };

    private static Command CreateCreate(CommandHost host)
    {
        var site = Site();
        var scopes = new Option<string[]>("--scope")
        {
            HelpName = "ingest|read|admin",
            Description = "What the key may do. May be given again.",
            Required = true,
        };
        scopes.AcceptOnlyFromAmong([.. AllScopes.Select(KeyStore.NameOf)]);
        var json = CommonOptions.Json();
        var command = new Command(
            "create", "Make a further key; prints it this once. Older keys stay valid until they are revoked.")
        {
            site, scopes, json,
        };
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var siteId = parsed.GetRequiredValue(site);
            var names = parsed.GetRequiredValue(scopes);
            var request = new CreateKeyRequest { SiteId = siteId };
            request.Scopes.Add(AllScopes.Where(scope => names.Contains(KeyStore.NameOf(scope))));
            var created = await context.Sites.CreateKeyAsync(request, context.CallAsOwnerOf(siteId, cancellationToken));
            context.Keys.Store(siteId, created.Key);
            if (parsed.GetValue(json))
                await Json.WriteLineAsync(context, created);
            else
                await context.Environment.Output.WriteLineAsync(
                    $"{created.Key.Secret}\nShown this once; its id is {created.Key.Key.KeyId}."
                    + " ./sp uses it from now on.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateRevoke(CommandHost host)
    {
        var site = Site();
        var id = new Argument<string>("KEY-ID") { Description = "The id of the key: its first characters." };
        var command = new Command("revoke", "End a key, within 10 seconds everywhere.") { site, id };
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var siteId = parsed.GetRequiredValue(site);
            var keyId = parsed.GetRequiredValue(id);
            await context.Sites.RevokeKeyAsync(
                new RevokeKeyRequest { SiteId = siteId, KeyId = keyId },
                context.CallAsOwnerOf(siteId, cancellationToken));
            context.Keys.Forget(siteId, keyId);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Argument<string> Site() => new("SITE") { Description = "The site." };
}
