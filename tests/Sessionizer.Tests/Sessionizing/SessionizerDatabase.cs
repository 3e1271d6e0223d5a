using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.LocalServers;
using SessionPlatform.Database;
using SessionPlatform.Sessionizer.Auditing;
using SessionPlatform.Sessionizer.Closing;
using SessionPlatform.Sessionizer.Explaining;
using SessionPlatform.Sessionizer.Reading;
using SessionPlatform.Sessionizer.Recomputing;
using SessionPlatform.Sessionizer.Sessionizing;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Tests.Sessionizing;

/// <summary>A private PostgreSQL with the Sessionizer's database, for all tests of a class.</summary>
public sealed class SessionizerDatabase : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sessionizer-tests-").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private LocalPostgres? _server;
    private int _sites;

    internal NpgsqlDataSource DataSource { get; private set; } = null!;

    internal SiteStore Sites { get; private set; } = null!;

    internal SessionizerMetrics Metrics { get; private set; } = null!;

    internal RuleChanges RuleChanges { get; private set; } = null!;

    internal SessionAuditor Auditor { get; private set; } = null!;

    internal SessionExplainer Explainer { get; private set; } = null!;

    internal Reprocessor Reprocessor { get; private set; } = null!;

    /// <summary>A closer whose clock is far ahead: everything is over and settled.</summary>
    internal SessionCloser Closer { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalPostgres.StartAsync(_directory, ["fsync=off"]);
        var builder = new NpgsqlDataSourceBuilder(await _server.CreateDatabaseAsync("sessions"));
        builder.ConnectionStringBuilder.Timezone = "Europe/Zurich";
        SessionizerSetup.Configure(builder);
        DataSource = builder.Build();
        await Migrator.MigrateAsync(DataSource, typeof(SiteStore).Assembly, CancellationToken.None);
        Sites = new(DataSource, TimeProvider.System);
        Metrics = new(_services.GetRequiredService<IMeterFactory>());
        RuleChanges = new(DataSource, Sites, TimeProvider.System);
        // A clock as far ahead as the closer's, or closed sessions would not be over yet.
        Auditor = new(
            DataSource, new RulesTimelines(), Options.Create(new SessionizerOptions()),
            new FakeTimeProvider(DateTimeOffset.UtcNow.AddYears(1)));
        Explainer = new(DataSource, new RulesTimelines());
        Reprocessor = new(
            DataSource, new RulesTimelines(), Metrics, Options.Create(new SessionizerOptions()),
            new FakeTimeProvider(DateTimeOffset.UtcNow.AddYears(1)), NullLogger<Reprocessor>.Instance);
        Closer = new(
            DataSource, Metrics, Options.Create(new SessionizerOptions()),
            new FakeTimeProvider(DateTimeOffset.UtcNow.AddYears(1)), NullLogger<SessionCloser>.Instance);
    }

    public async Task DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await _services.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A sessionizer as one replica has it.</summary>
    internal BatchSessionizer NewReplica() => new(
        DataSource, new MonthPartitions(DataSource), new RulesTimelines(), Metrics,
        Options.Create(new SessionizerOptions()), TimeProvider.System);

    /// <summary>Makes a site that no other test uses.</summary>
    internal async Task<string> AddSiteAsync(SiteRules? rules = null)
    {
        var siteId = $"site-{Interlocked.Increment(ref _sites)}";
        Assert.NotNull(await Sites.CreateAsync(siteId, SiteRulesDefaults.Complete(rules), [], CancellationToken.None));
        return siteId;
    }

    /// <summary>Closes everything.</summary>
    internal async Task CloseAllAsync()
    {
        while (await Closer.StepAsync(CancellationToken.None))
        {
        }
    }

    /// <summary>All that the audit finds wrong with a site.</summary>
    internal async Task<(List<AuditDifference> Differences, AuditSummary Summary)> AuditAsync(
        string siteId, bool repair = false, TimeRange? range = null)
    {
        var differences = new List<AuditDifference>();
        var site = await Sites.FindAsync(siteId, CancellationToken.None);
        var summary = await Auditor.RunAsync(
            site!,
            new AuditRequest { SiteId = siteId, Repair = repair, Range = range },
            message =>
            {
                if (message.Difference is { } difference)
                    differences.Add(difference);
                return Task.CompletedTask;
            },
            CancellationToken.None);
        return (differences, summary);
    }

    /// <summary>Recomputes whatever is to be recomputed.</summary>
    internal async Task ReprocessAllAsync()
    {
        while (await Reprocessor.StepAsync(CancellationToken.None))
        {
        }
    }

    internal async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = DataSource.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync());
    }

    /// <summary>A site's sessions, oldest first, from as many pages as they fill.</summary>
    internal async Task<List<Session>> SessionsAsync(string siteId)
    {
        var sessions = new List<Session>();
        PageCursor? cursor = null;
        while (true)
        {
            var (records, hasMore) = await SessionQueries.ListAsync(
                DataSource, siteId, filter: null, cursor, limit: 1_000, CancellationToken.None);
            sessions.AddRange(records.Select(record => record.ToDocument().Session));
            if (!hasMore)
                break;
            cursor = new(records[^1].Address.StartedAt, records[^1].Address.SessionId);
        }

        sessions.Reverse();
        return sessions;
    }

    internal async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var command = DataSource.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
