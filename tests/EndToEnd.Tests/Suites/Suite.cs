using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Query.V1;

namespace SessionPlatform.EndToEnd.Tests.Suites;

/// <summary>
/// The whole suite, started by <c>./run</c> with a state folder of its own, stopped whatever happens.
/// </summary>
public sealed class Suite : IAsyncLifetime
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan LongestCommand = TimeSpan.FromMinutes(4);

    private static int suites;

    private readonly List<GrpcChannel> channels = [];
    private readonly ConcurrentQueue<string> createdSites = [];
    private readonly IReadOnlyDictionary<string, string> settings;
    private int folders;

    public Suite()
        : this(new Dictionary<string, string>())
    {
    }

    private Suite(IReadOnlyDictionary<string, string> settings) => this.settings = settings;

    /// <summary>The state folder.</summary>
    public string State { get; private set; } = "";

    /// <summary>The broker's queues.</summary>
    public BrokerQueues Queues => new(State);

    /// <summary>A suite of one's own, beside the shared one.</summary>
    /// <param name="settings">Environment variables that all services get.</param>
    public static Suite With(IReadOnlyDictionary<string, string> settings) => new(settings);

    /// <summary>Where the words of what a test has started again go.</summary>
    public static string LogOfRestarted(string state) => Path.Combine(state, "restarted.log");

    public async Task InitializeAsync()
    {
        // ./test stops and removes what is in this folder, should this process die.
        var parent = Environment.GetEnvironmentVariable("SESSIONPLATFORM_TEST_FOLDER");
        State = parent is null
            ? Directory.CreateTempSubdirectory("sessionplatform-e2e-").FullName
            : Directory.CreateDirectory(Path.Combine(
                parent,
                $"suite-{Environment.ProcessId}-{Interlocked.Increment(ref suites)}")).FullName;
        try
        {
            await StartAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        CloseChannels();
        await RunAsync("--stop");
        Directory.Delete(State, recursive: true);
    }

    public async Task StartAsync() => (await RunAsync("--empty", "--detach")).Succeeded();

    public async Task StopAsync()
    {
        CloseChannels();
        (await RunAsync("--stop")).Succeeded();
    }

    /// <summary>Runs <c>./sp</c>.</summary>
    public Task<ProcessResult> SpAsync(params string[] arguments) =>
        ProcessResult.RunAsync(Prepare("sp", arguments), LongestCommand);

    /// <summary>Starts <c>./sp</c> and goes on.</summary>
    public Process StartSp(params string[] arguments)
    {
        var start = Prepare("sp", arguments);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        return Process.Start(start)!;
    }

    /// <summary>Creates a site of this name.</summary>
    public async Task CreateSiteAsync(string site, params string[] options)
    {
        (await SpAsync(["site", "create", site, .. options])).Succeeded();
        createdSites.Enqueue(site);
    }

    /// <summary>The sites that were created since the last time.</summary>
    public IReadOnlyList<string> TakeCreatedSites()
    {
        var taken = new List<string>();
        while (createdSites.TryDequeue(out var site))
            taken.Add(site);
        return taken;
    }

    /// <summary>Fails unless everything stored of a site is what its events make of it.</summary>
    public async Task AuditAsync(string site) => (await SpAsync("audit", "--site", site)).Succeeded();

    /// <summary>Returns when all that was acknowledged is in sessions and Funnel, and what is over is closed.</summary>
    public Task WaitAsync() => WaitAsync(LongestCommand);

    /// <summary>As <see cref="WaitAsync()"/>, when there is much to do.</summary>
    public async Task WaitAsync(TimeSpan longest) =>
        (await ProcessResult.RunAsync(Prepare("sp", ["wait", "--closed"]), longest)).Succeeded();

    public Ingestion.IngestionClient Ingestion() => new(Channel("ingestion"));

    public Query.QueryClient Query() => new(Channel("query"));

    /// <summary>A channel to a service, for calls below the clients.</summary>
    public GrpcChannel Channel(string service)
    {
        var channel = GrpcChannel.ForAddress(Address(service));
        channels.Add(channel);
        return channel;
    }

    /// <summary>Address of a service's gRPC endpoint.</summary>
    public string Address(string service) => Endpoints()
        .GetProperty("services").GetProperty(service).GetProperty("grpc").GetString()!;

    public string PlatformKey() => Endpoints().GetProperty("platformKey").GetString()!;

    /// <summary>A site's key with a scope: ingest, read or admin.</summary>
    public string KeyOf(string site, string scope) =>
        Read("keys.json").GetProperty(site).GetProperty(scope).GetString()!;

    /// <summary>Metadata that presents a key.</summary>
    public static Metadata Present(string key) => new() { { "authorization", $"Bearer {key}" } };

    /// <summary>A file name in a folder of this suite.</summary>
    public string NewFile(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(State, "files", $"{Interlocked.Increment(ref folders)}"));
        return Path.Combine(folder.FullName, name);
    }

    /// <summary>Copies the logs to <c>.local</c>, for a look after a failure; returns where.</summary>
    public string KeepLogs(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, ".local", name)).FullName;
        foreach (var log in Directory.EnumerateFiles(State, "*.log"))
            File.Copy(log, Path.Combine(folder, Path.GetFileName(log)), overwrite: true);
        return folder;
    }

    private JsonElement Endpoints() => Read("endpoints.json");

    private JsonElement Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(State, file)));
        return document.RootElement.Clone();
    }

    private Task<ProcessResult> RunAsync(params string[] arguments) =>
        ProcessResult.RunAsync(Prepare("run", arguments), LongestStart);

    private ProcessStartInfo Prepare(string command, string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, command), arguments)
        {
            WorkingDirectory = Repository.Root,
        };
        start.Environment["SESSIONPLATFORM_STATE"] = State;
        start.Environment["SESSIONPLATFORM_DASHBOARD"] = "off";
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        // Those of the test run would change what the suite builds and where it logs.
        foreach (var name in start.Environment.Keys.Where(IsOfTestRun).ToArray())
            start.Environment.Remove(name);

        return start;
    }

    private static bool IsOfTestRun(string variable) =>
        variable.StartsWith("MSBUILD", StringComparison.Ordinal)
        || variable.StartsWith("VSTEST", StringComparison.Ordinal);

    private void CloseChannels()
    {
        foreach (var channel in channels)
            channel.Dispose();
        channels.Clear();
    }
}

/// <summary>All test classes share one suite, one after the other, and are audited.</summary>
[CollectionDefinition(Name)]
public sealed class SuiteCollection : ICollectionFixture<Suite>, IClassFixture<AuditedSites>
{
    public const string Name = "suite";
}
