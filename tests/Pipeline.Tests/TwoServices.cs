using System.Diagnostics.Metrics;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel;
using SessionPlatform.Funnel.Auditing;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Recounting;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.LocalServers;
using SessionPlatform.Access;
using SessionPlatform.Messaging;
using SessionPlatform.Database;
using SessionPlatform.Sessionizer;
using SessionPlatform.Sessionizer.Auditing;
using SessionPlatform.Sessionizer.Closing;
using SessionPlatform.Sessionizer.Publishing;
using SessionPlatform.Sessionizer.Reading;
using SessionPlatform.Sessionizer.Sessionizing;
using SessionPlatform.Sessionizer.Sites;

namespace SessionPlatform.Pipeline.Tests;

/// <summary>
/// The Sessionizer and Funnel as they work on their databases, on one private PostgreSQL, with nothing but the broker
/// between them left out.
/// </summary>
public sealed class TwoServices : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pipeline-tests-").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IOptions<SessionizerOptions> _options =
        Options.Create(new SessionizerOptions { LiveInterval = TimeSpan.FromMilliseconds(100) });

    private LocalPostgres? _server;
    private NpgsqlDataSource _sessions = null!;
    private NpgsqlDataSource _funnels = null!;
    private SessionizerMetrics _metrics = null!;
    private SiteStore _sites = null!;
    private int _count;

    public async Task InitializeAsync()
    {
        // Whoever waits for another in a circle is told at once, and the test fails.
        _server = await LocalPostgres.StartAsync(_folder, ["fsync=off", "deadlock_timeout=100ms", "max_connections=200"]);
        var builder = new NpgsqlDataSourceBuilder(await _server.CreateDatabaseAsync("sessions"));
        SessionizerSetup.Configure(builder);
        _sessions = builder.Build();
        _funnels = NpgsqlDataSource.Create(await _server.CreateDatabaseAsync("funnels"));
        await Migrator.MigrateAsync(_sessions, typeof(SiteStore).Assembly, CancellationToken.None);
        await Migrator.MigrateAsync(_funnels, typeof(FunnelOptions).Assembly, CancellationToken.None);
        _metrics = new(_services.GetRequiredService<IMeterFactory>());
        _sites = new(_sessions, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _sessions.DisposeAsync();
        await _funnels.DisposeAsync();
        await _services.DisposeAsync();
        await _server!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public async Task<string> AddSiteAsync()
    {
        var siteId = $"site-{Interlocked.Increment(ref _count)}";
        await _sites.CreateAsync(siteId, SiteRulesDefaults.Complete(null), [], CancellationToken.None);
        return siteId;
    }

    internal BatchSessionizer NewSessionizer() =>
        new(_sessions, new(_sessions), new(), _metrics, _options, TimeProvider.System);

    internal Applier NewApplier() => new(_funnels, NewConfigurations(), NullLogger<Applier>.Instance);

    /// <summary>The one relay, publishing to this.</summary>
    internal SessionRelay NewRelay(IPartitionPublisher publisher) => new(
        _sessions, publisher, _metrics, _options, Options.Create(new BusOptions()), TimeProvider.System,
        NullLogger<SessionRelay>.Instance);

    internal SessionCloser NewCloser() =>
        new(_sessions, _metrics, _options, new Ahead(), NullLogger<SessionCloser>.Instance);

    public async Task<long> CountUnpublishedAsync(string siteId)
    {
        await using var command = _sessions.CreateCommand("SELECT count(*) FROM unpublished_sessions WHERE site_id = $1");
        command.Parameters.Add(new() { Value = siteId });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>What the audits of both find, and how many sessions there are.</summary>
    public async Task<(List<AuditDifference> Differences, ulong Sessions)> AuditAsync(string siteId)
    {
        var differences = new List<AuditDifference>();
        var documents = 0UL;
        Task Take(AuditResponse message)
        {
            if (message.Difference is { } difference)
                differences.Add(difference);
            if (message.Summary is { } summary)
                documents = summary.Documents;
            return Task.CompletedTask;
        }

        var request = new AuditRequest { SiteId = siteId };
        var site = await _sites.FindAsync(siteId, CancellationToken.None);
        var ofSessions = await new SessionAuditor(_sessions, new(), _options, new Ahead())
            .RunAsync(site!, request, Take, CancellationToken.None);
        var applier = NewApplier();
        var options = Options.Create(new FunnelOptions());
        using var signal = new RecountSignal();
        var recounter = new Recounter(_funnels, applier, signal, options, NullLogger<Recounter>.Instance);
        await new Auditor(
            _funnels, new DocumentSource(new DirectClient(_sessions)), applier, recounter,
            new ColumnTable(_funnels, NullLogger<ColumnTable>.Instance), new ColumnBuilder(_funnels), options,
            TimeProvider.System)
            .RunAsync(request, Take, CancellationToken.None);
        Assert.Equal(ofSessions.Sessions, documents);
        return (differences, ofSessions.Sessions);
    }

    private Configurations NewConfigurations() => new(_funnels, new SiteDirectory(_sites));

    private sealed class SiteDirectory(SiteStore sites) : ISiteDirectory
    {
        public async ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) =>
            await sites.FindAsync(siteId, cancellationToken);
    }

    /// <summary>A clock for which everything is over.</summary>
    private sealed class Ahead : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddYears(1);
    }

    /// <summary>The Sessionizer's answer without a wire.</summary>
    private sealed class DirectClient(NpgsqlDataSource sessions) : Contracts.Sessions.V1.Sessions.SessionsClient
    {
        public override AsyncServerStreamingCall<StreamDocumentsResponse> StreamDocuments(
            StreamDocumentsRequest request,
            Metadata? headers = null,
            DateTime? deadline = null,
            CancellationToken cancellationToken = default) => new(
                new Reader(new DocumentStream(sessions).StoredAsync(request.SiteId, request.Range, cancellationToken)),
                Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
    }

    private sealed class Reader(IAsyncEnumerable<SessionDocument> documents)
        : IAsyncStreamReader<StreamDocumentsResponse>
    {
        private readonly IAsyncEnumerator<SessionDocument> _documents = documents.GetAsyncEnumerator();

        public StreamDocumentsResponse Current => new() { Documents = { _documents.Current } };

        public Task<bool> MoveNext(CancellationToken cancellationToken) => _documents.MoveNextAsync().AsTask();
    }
}
