using System.CommandLine;

namespace SessionPlatform.Cli.Settings;

/// <summary>The options that name the suite to connect to; each falls back to an environment variable.</summary>
internal sealed class ConnectionOptions
{
    private readonly Option<string?> server = New(
        "--server", "URL", "Address of the Query service, for a suite elsewhere (SESSIONPLATFORM_SERVER).");

    private readonly Option<string?> ingestion = New(
        "--ingestion", "URL", "Address of the Ingestion service (SESSIONPLATFORM_INGESTION).");

    private readonly Option<string?> sites = New(
        "--sites", "URL", "Address of the Sessionizer, which keeps sites and keys (SESSIONPLATFORM_SITES).");

    private readonly Option<string?> key = New(
        "--key", "KEY", "The API key to send (SESSIONPLATFORM_KEY). Without it: the site's key of .local/keys.json.");

    public void AddTo(RootCommand root)
    {
        root.Add(server);
        root.Add(ingestion);
        root.Add(sites);
        root.Add(key);
    }

    /// <summary>Reads the settings from the command line, or else from the environment.</summary>
    public ConnectionSettings Read(ParseResult parsed, CliEnvironment environment) => new(
        Query: parsed.GetValue(server) ?? environment.Variable("SESSIONPLATFORM_SERVER"),
        Ingestion: parsed.GetValue(ingestion) ?? environment.Variable("SESSIONPLATFORM_INGESTION"),
        Sites: parsed.GetValue(sites) ?? environment.Variable("SESSIONPLATFORM_SITES"),
        Key: parsed.GetValue(key) ?? environment.Variable("SESSIONPLATFORM_KEY"));

    private static Option<string?> New(string name, string placeholder, string description) =>
        new(name) { HelpName = placeholder, Description = description, Recursive = true };
}

/// <summary>The connection settings; null for those not given.</summary>
internal sealed record ConnectionSettings(string? Query, string? Ingestion, string? Sites, string? Key);
