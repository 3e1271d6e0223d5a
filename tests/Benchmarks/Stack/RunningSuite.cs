using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using Npgsql;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.LocalServers;
using IngestionClient = SessionPlatform.Contracts.Ingestion.V1.Ingestion.IngestionClient;
using QueryClient = SessionPlatform.Contracts.Query.V1.Query.QueryClient;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>The whole suite as <c>./run</c> starts it, with a state of its own. Stopped with this object.</summary>
internal sealed class RunningSuite : IAsyncDisposable
{
    private readonly List<GrpcChannel> channels = [];
    private NpgsqlDataSource? sessions;
    private NpgsqlDataSource? funnels;

    private RunningSuite()
    {
    }

    /// <summary>The state folder.</summary>
    public string State { get; } = BenchFolder.Create("suite");

    /// <summary>The data source of the Sessionizer's database, for inspection.</summary>
    public NpgsqlDataSource Sessions => sessions!;

    /// <summary>The data source of the Funnel's database, for inspection.</summary>
    public NpgsqlDataSource Funnels => funnels!;

    /// <summary>The superuser's connection to the same server.</summary>
    public string Administrator { get; private set; } = "";

    public ServiceProcesses Processes { get; private set; } = null!;

    public QueryClient Query { get; private set; } = null!;

    public IngestionClient Ingestion { get; private set; } = null!;

    /// <summary>For calls below the clients.</summary>
    public CallInvoker IngestionCalls { get; private set; } = null!;

    private Sites.SitesClient SiteCalls { get; set; } = null!;

    private string PlatformKey { get; set; } = "";

    /// <param name="profile">
    /// Whether PostgreSQL records the cost of each statement; see <see cref="StatementProfile"/>.
    /// </param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<RunningSuite> StartAsync(bool profile, CancellationToken cancellationToken)
    {
        var suite = new RunningSuite();
        try
        {
            await suite.RunAsync(cancellationToken);
            if (profile)
            {
                await StatementProfile.PrepareAsync(suite.Administrator, cancellationToken);
                await suite.CommandAsync("run", ["--stop"], cancellationToken);
                await suite.RunAsync(cancellationToken);
            }

            return suite;
        }
        catch
        {
            await suite.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs ./run or ./sp.</summary>
    public Task<(int Code, string Output)> CommandAsync(
        string command, string[] arguments, CancellationToken cancellationToken) =>
        Commands.RunAsync(State, command, arguments, cancellationToken);

    /// <summary>Creates a site with default rules.</summary>
    public async Task CreateSiteAsync(string siteId, CancellationToken cancellationToken) =>
        await SiteCalls.CreateSiteAsync(new CreateSiteRequest { SiteId = siteId }, AsPlatform(cancellationToken));

    /// <summary>Options of a call with the platform's key.</summary>
    public CallOptions AsPlatform(CancellationToken cancellationToken) =>
        new(new Metadata { { "authorization", $"Bearer {PlatformKey}" } }, cancellationToken: cancellationToken);

    /// <summary>Returns once everything acknowledged so far is in sessions and Funnel.</summary>
    public async Task WaitAsync(bool closed, CancellationToken cancellationToken)
    {
        using var call = Query.Wait(new WaitRequest { Closed = closed }, AsPlatform(cancellationToken));
        var phase = WaitResponse.Types.Phase.Unspecified;
        while (await call.ResponseStream.MoveNext(cancellationToken))
            phase = call.ResponseStream.Current.Phase;
        if (phase != WaitResponse.Types.Phase.Done)
            throw new InvalidOperationException($"The wait ended in phase {phase}.");
    }

    /// <summary>Makes the server write a checkpoint, so that no run pays for the previous one.</summary>
    public async Task CheckpointAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Administrator);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("CHECKPOINT", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in channels)
            channel.Dispose();
        if (sessions is not null)
            await sessions.DisposeAsync();
        if (funnels is not null)
            await funnels.DisposeAsync();
        // Also when the benchmark is cancelled: this is how it ends.
        await CommandAsync("run", ["--stop"], CancellationToken.None);
        Directory.Delete(State, recursive: true);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var (code, output) = await CommandAsync("run", ["--empty", "--detach"], cancellationToken);
        if (code != 0)
            throw new InvalidOperationException($"./run failed:\n{output}");
        Connect();
    }

    private void Connect()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(State, "endpoints.json")));
        PlatformKey = document.RootElement.GetProperty("platformKey").GetString()!;
        var services = document.RootElement.GetProperty("services");
        Query = new(Channel("query"));
        SiteCalls = new(Channel("sessionizer"));
        var ingestion = Channel("ingestion");
        Ingestion = new(ingestion);
        IngestionCalls = ingestion.CreateCallInvoker();

        Processes = new(State);
        sessions = Database("Sessionizer", "sessions");
        funnels = Database("Funnel", "funnels");
        Administrator = new NpgsqlConnectionStringBuilder(
            Processes.Variable("Sessionizer", "ConnectionStrings__sessions"))
        {
            Username = "postgres", Password = LocalSecrets.GetOrCreate(State, "postgres"), Database = "postgres",
        }.ConnectionString;

        GrpcChannel Channel(string service)
        {
            var channel = GrpcChannel.ForAddress(services.GetProperty(service).GetProperty("grpc").GetString()!);
            channels.Add(channel);
            return channel;
        }

        NpgsqlDataSource Database(string service, string name) =>
            NpgsqlDataSource.Create(Processes.Variable(service, $"ConnectionStrings__{name}"));
    }
}
