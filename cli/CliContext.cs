using Grpc.Core;
using Grpc.Net.Client;
using SessionPlatform.Cli.Settings;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sites.V1;
using Spectre.Console;

namespace SessionPlatform.Cli;

/// <summary>The context of a command: clients of the services, stored keys and output consoles.</summary>
internal sealed class CliContext : IDisposable
{
    /// <summary>The deadline of calls without a --timeout.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    // A page of long sessions exceeds gRPC's default limit of 4 MiB.
    private const int MaxMessageBytes = 64 << 20;

    private const int RedirectedWidth = 1000;

    private readonly ConnectionSettings settings;
    private readonly Lazy<Endpoints?> endpoints;
    private readonly List<GrpcChannel> channels = [];
    private readonly Lazy<Ingestion.IngestionClient> ingestion;
    private readonly Lazy<Query.QueryClient> query;
    private readonly Lazy<Jobs.JobsClient> jobs;
    private readonly Lazy<Sites.SitesClient> sites;

    public CliContext(CliEnvironment environment, ConnectionSettings settings)
    {
        this.settings = settings;
        Environment = environment;
        State = StateFolder.Find(environment);
        Keys = new KeyStore(State);
        Output = Terminal(environment.Output, environment.OutputIsTerminal);
        Progress = Terminal(environment.Error, environment.ErrorIsTerminal);
        endpoints = new(() => Endpoints.Load(State));
        ingestion = new(() => new(Open("ingestion", settings.Ingestion, "--ingestion")));
        var queryChannel = new Lazy<GrpcChannel>(() => Open("query", settings.Query, "--server"));
        query = new(() => new(queryChannel.Value));
        jobs = new(() => new(queryChannel.Value));
        sites = new(() => new(Open("sessionizer", settings.Sites, "--sites")));
    }

    public CliEnvironment Environment { get; }

    /// <summary>The state folder of the local suite; it may not exist yet.</summary>
    public string State { get; }

    public KeyStore Keys { get; }

    /// <summary>Standard output for tables; JSON is written to <see cref="CliEnvironment.Output"/> directly.</summary>
    public IAnsiConsole Output { get; }

    /// <summary>Standard error for progress, used only when <see cref="ShowProgress"/> is true.</summary>
    public IAnsiConsole Progress { get; }

    public bool ShowProgress => Environment.ErrorIsTerminal;

    public Ingestion.IngestionClient Ingestion => ingestion.Value;

    public Query.QueryClient Query => query.Value;

    /// <summary>The job client of Query, which relays to all services.</summary>
    public Jobs.JobsClient Jobs => jobs.Value;

    public Sites.SitesClient Sites => sites.Value;

    /// <summary>
    /// The addresses of the local suite; null when it is not running here.
    /// </summary>
    public Endpoints? LocalEndpoints => endpoints.Value;

    /// <summary>Creates the options of a call about a site, with the given key or else the site's stored key.</summary>
    /// <param name="timeout">
    /// The deadline; <see cref="Timeout.InfiniteTimeSpan"/> for none, null for the default.
    /// </param>
    public CallOptions CallFor(
        string siteId, Key.Types.Scope scope, CancellationToken cancellationToken, TimeSpan? timeout = null) =>
        Call(
            settings.Key ?? Keys.Find(siteId, scope) ?? throw new CliException(
                $"No {KeyStore.NameOf(scope)} key for site '{siteId}' here. Create the site: ./sp site create {siteId}"
                + $" (if it exists: ./sp key create {siteId} --scope {KeyStore.NameOf(scope)}), or give --key."),
            timeout,
            cancellationToken);

    /// <summary>
    /// Creates the options of a call for owners of the suite, with the given key or else the local platform key.
    /// </summary>
    public CallOptions CallAsPlatform(CancellationToken cancellationToken, TimeSpan? timeout = null) =>
        Call(
            settings.Key ?? endpoints.Value?.PlatformKey ?? throw new CliException(
                "No suite is running here. Start it with ./run, or give --key and the addresses of another."),
            timeout,
            cancellationToken);

    /// <summary>
    /// Creates the options of a call about a site's rules and keys, with the platform key or else its admin key.
    /// </summary>
    public CallOptions CallAsOwnerOf(string siteId, CancellationToken cancellationToken, TimeSpan? timeout = null) =>
        settings.Key is null && endpoints.Value?.PlatformKey is null
            ? CallFor(siteId, Key.Types.Scope.Admin, cancellationToken, timeout)
            : CallAsPlatform(cancellationToken, timeout);

    public void Dispose()
    {
        foreach (var channel in channels)
            channel.Dispose();
    }

    private CallOptions Call(string key, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var span = timeout ?? DefaultTimeout;
        return new CallOptions(
            headers: new Metadata { { "authorization", $"Bearer {key}" } },
            deadline: span == Timeout.InfiniteTimeSpan
                ? null
                : Environment.Time.GetUtcNow().UtcDateTime + span,
            cancellationToken: cancellationToken);
    }

    private GrpcChannel Open(string service, string? given, string option)
    {
        var address = given
            ?? endpoints.Value?.Services?.GetValueOrDefault(service)?.Grpc
            ?? throw new CliException(
                $"No suite is running here. Start it with ./run, or give the address of another by {option}.");
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new CliException($"'{address}' is not an address: give {option} as http://HOST:PORT");
        var channel = GrpcChannel.ForAddress(uri, new GrpcChannelOptions { MaxReceiveMessageSize = MaxMessageBytes });
        channels.Add(channel);
        return channel;
    }

    private static IAnsiConsole Terminal(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Capabilities.Unicode = true;
        // Files and pipes have no width; the default of 80 columns would break tables.
        if (!isTerminal)
            console.Profile.Width = RedirectedWidth;
        return console;
    }
}
