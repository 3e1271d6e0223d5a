using Npgsql;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Database;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Tests.Reports.Metrics;
using SessionPlatform.LocalServers;

namespace SessionPlatform.Funnel.Tests;

/// <summary>
/// A private PostgreSQL for the tests of this assembly, with the Funnel's database in it. Its statistics were made while
/// there was one other site, and are not made again: what a site finds that came lately, at any moment of any run.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly string state = Directory.CreateTempSubdirectory("funnel-tests-").FullName;
    private LocalPostgres? server;

    public NpgsqlDataSource DataSource { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        server = await LocalPostgres.StartAsync(state, ["shared_buffers=64MB", "deadlock_timeout=100ms", "autovacuum=off"]);
        DataSource = await CreateAsync("funnels");
        await Migrator.MigrateAsync(DataSource, typeof(Applier).Assembly, CancellationToken.None);
        await AddEarlierSiteAsync();
    }

    /// <summary>A database of its own, empty.</summary>
    public async Task<NpgsqlDataSource> CreateAsync(string name) =>
        NpgsqlDataSource.Create(await server!.CreateDatabaseAsync(name));

    public async Task DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await server!.DisposeAsync();
        Directory.Delete(state, recursive: true);
    }

    private async Task AddEarlierSiteAsync()
    {
        const string siteId = "earlier";
        var sites = new FakeSites();
        sites.Set(siteId, new SiteRules { TimeZone = "UTC" });
        var visits = new RandomVisits(new Random(1), siteId, Sample.Noon, sessions: 500);
        await new Replica(DataSource, sites).Applier.ApplyAsync(
            visits.Facts.Select(Change.Of), CancellationToken.None);
        await using var command = DataSource.CreateCommand("ANALYZE");
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>Tests one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}

/// <summary>Reports that take a while, on a server of their own: so they run beside the others.</summary>
[CollectionDefinition(Name)]
public sealed class LongReportsCollection : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL of long reports";
}
