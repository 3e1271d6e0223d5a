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

    private readonly List<GrpcChannel> channels = [];
    private int folders;

    /// <summary>The state folder.</summary>
    public string State { get; private set; } = "";

    public async Task InitializeAsync()
    {
        // ./test stops and removes what is in this folder, should this process die.
        var parent = Environment.GetEnvironmentVariable("SESSIONPLATFORM_TEST_FOLDER");
        State = parent is null
            ? Directory.CreateTempSubdirectory("sessionplatform-e2e-").FullName
            : Directory.CreateDirectory(Path.Combine(parent, $"suite-{Environment.ProcessId}")).FullName;
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
    public async Task CreateSiteAsync(string site, params string[] options) =>
        (await SpAsync(["site", "create", site, .. options])).Succeeded();

    /// <summary>Returns when all that was acknowledged is in sessions and Funnel, and what is over is closed.</summary>
    public async Task WaitAsync() => (await SpAsync("wait", "--closed")).Succeeded();

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

/// <summary>All test classes share one suite, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SuiteCollection : ICollectionFixture<Suite>
{
    public const string Name = "suite";
}
