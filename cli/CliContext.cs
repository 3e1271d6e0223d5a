using Grpc.Core;
using Grpc.Net.Client;
using SessionPlatform.Cli.Settings;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sites.V1;
using Spectre.Console;

namespace SessionPlatform.Cli;

/// <summary>What a command works with: clients of the services, keys, and where its output goes.</summary>
internal sealed class CliContext : IDisposable
{
    /// <summary>Without a --timeout of its own, a call may take this long.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    // A page of long sessions is larger than gRPC's 4 MiB.
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

    /// <summary>The folder the local suite keeps its state in; it may not exist yet.</summary>
    public string State { get; }

    public KeyStore Keys { get; }

    /// <summary>Standard output for tables; write JSON to <see cref="CliEnvironment.Output"/> itself.</summary>
    public IAnsiConsole Output { get; }

    /// <summary>Standard error for progress; show any only while <see cref="ShowProgress"/>.</summary>
    public IAnsiConsole Progress { get; }

    public bool ShowProgress => Environment.ErrorIsTerminal;

    public Ingestion.IngestionClient Ingestion => ingestion.Value;

    public Query.QueryClient Query => query.Value;

    /// <summary>Those of Query, which speaks for the whole suite.</summary>
    public Jobs.JobsClient Jobs => jobs.Value;

    public Sites.SitesClient Sites => sites.Value;

    /// <summary>
    /// Addresses for people: where the suite's parts can be looked at; null when it is not running here.
    /// </summary>
    public Endpoints? LocalEndpoints => endpoints.Value;

    /// <summary>Options of a call about a site: the key given, else the site's stored key.</summary>
    /// <param name="timeout">How long the call may take; <see cref="Timeout.InfiniteTimeSpan"/> for no end.</param>
    public CallOptions CallFor(
        string siteId, Key.Types.Scope scope, CancellationToken cancellation, TimeSpan? timeout = null) =>
        Call(
            settings.Key ?? Keys.Find(siteId, scope) ?? throw new CliException(
                $"No {KeyStore.NameOf(scope)} key for site '{siteId}' here. Create the site: ./sp site create {siteId}"
                + $" (if it exists: ./sp key create {siteId} --scope {KeyStore.NameOf(scope)}), or give --key."),
            timeout,
            cancellation);

    /// <summary>
    /// Options of a call that owners of the suite may make: the key given, else the local platform key.
    /// </summary>
    public CallOptions CallAsPlatform(CancellationToken cancellation, TimeSpan? timeout = null) =>
        Call(
            settings.Key ?? endpoints.Value?.PlatformKey ?? throw new CliException(
                "No suite is running here. Start it with ./run, or give --key and the addresses of another."),
            timeout,
            cancellation);

    /// <summary>Options of a call about a site's rules and keys: as the platform, or else with its admin key.</summary>
    public CallOptions CallAsOwnerOf(string siteId, CancellationToken cancellation, TimeSpan? timeout = null) =>
        settings.Key is null && endpoints.Value?.PlatformKey is null
            ? CallFor(siteId, Key.Types.Scope.Admin, cancellation, timeout)
            : CallAsPlatform(cancellation, timeout);

    public void Dispose()
    {
        foreach (var channel in channels)
            channel.Dispose();
    }

    private CallOptions Call(string key, TimeSpan? timeout, CancellationToken cancellation)
    {
        var span = timeout ?? DefaultTimeout;
        return new CallOptions(
            headers: new Metadata { { "authorization", $"Bearer {key}" } },
            deadline: span == Timeout.InfiniteTimeSpan
                ? null
                : Environment.Time.GetUtcNow().UtcDateTime + span,
            cancellationToken: cancellation);
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
        // Files and pipes have no window; 80 columns would break tables.
        if (!isTerminal)
            console.Profile.Width = RedirectedWidth;
        return console;
    }
}
