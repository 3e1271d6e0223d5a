using Npgsql;
using SessionPlatform.LocalServers;
using SessionPlatform.ServiceDefaults.Migrations;

namespace SessionPlatform.Funnel.Tests.Storage;

/// <summary>A private PostgreSQL for the tests of this assembly, with the Funnel's database in it.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly string state = Directory.CreateTempSubdirectory("funnel-tests-").FullName;
    private LocalPostgres? server;

    public NpgsqlDataSource DataSource { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        server = await LocalPostgres.StartAsync(state, ["shared_buffers=64MB", "deadlock_timeout=100ms"]);
        DataSource = await CreateAsync("funnels");
        await Migrator.MigrateAsync(DataSource, typeof(FunnelOptions).Assembly, CancellationToken.None);
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
