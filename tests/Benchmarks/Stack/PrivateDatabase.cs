using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SessionPlatform.LocalServers;
using SessionPlatform.Database;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>
/// A PostgreSQL of its own, set up as <c>./run</c> sets it up, with a service's database in it. Ended and removed with
/// this object, and with this process.
/// </summary>
internal sealed class PrivateDatabase : IAsyncDisposable
{
    private readonly string folder = BenchFolder.Create("postgres");
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private LocalPostgres? server;
    private NpgsqlDataSource? dataSource;

    private PrivateDatabase()
    {
    }

    public NpgsqlDataSource DataSource => dataSource!;

    public IMeterFactory Meters => services.GetRequiredService<IMeterFactory>();

    /// <param name="name">Name of the database.</param>
    /// <param name="migrations">The assembly with the migrations of the service that owns the database.</param>
    /// <param name="configure">Configures the data source like that service.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<PrivateDatabase> StartAsync(
        string name,
        Assembly migrations,
        Action<NpgsqlDataSourceBuilder> configure,
        CancellationToken cancellationToken)
    {
        var database = new PrivateDatabase();
        try
        {
            database.server = await LocalPostgres.StartAsync(database.folder, cancellationToken: cancellationToken);
            var builder = new NpgsqlDataSourceBuilder(
                await database.server.CreateDatabaseAsync(name, cancellationToken));
            configure(builder);
            database.dataSource = builder.Build();
            await Migrator.MigrateAsync(database.dataSource, migrations, cancellationToken);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (dataSource is not null)
            await dataSource.DisposeAsync();
        await services.DisposeAsync();
        if (server is not null)
            await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
