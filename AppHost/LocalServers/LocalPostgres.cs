using System.Globalization;
using Npgsql;

namespace SessionPlatform.LocalServers;

/// <summary>A private PostgreSQL on loopback, with its data in a folder of yours. Ends with this process.</summary>
public sealed class LocalPostgres : IAsyncDisposable
{
    private readonly LocalServer server;
    private readonly string stateDirectory;

    private LocalPostgres(string stateDirectory, IReadOnlyList<string> settings)
    {
        this.stateDirectory = Path.GetFullPath(stateDirectory);
        Port = LocalPorts.Free();
        var password = LocalSecrets.GetOrCreate(this.stateDirectory, "postgres");
        ConnectionString = new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Username = "postgres",
            Password = password,
            Database = "postgres",
        }.ConnectionString;
        server = new LocalServer(output => Command(this.stateDirectory, Port, password, settings) with
        {
            Output = output,
        });
    }

    public static string Host => "127.0.0.1";

    /// <summary>Stays the same over <see cref="RestartAsync"/>.</summary>
    public int Port { get; }

    /// <summary>The superuser's connection to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// Starts the server on the data in <paramref name="stateDirectory"/>, which is made when missing.
    /// </summary>
    /// <param name="settings">More settings, as <c>name=value</c>, for example <c>shared_buffers=128MB</c>.</param>
    public static async Task<LocalPostgres> StartAsync(
        string stateDirectory,
        IReadOnlyList<string>? settings = null,
        CancellationToken cancellationToken = default)
    {
        var postgres = new LocalPostgres(stateDirectory, settings ?? []);
        await postgres.server.StartAsync(postgres.AnswersAsync, cancellationToken);
        return postgres;
    }

    /// <summary>The process that is a private PostgreSQL.</summary>
    public static SupervisedCommand Command(
        string stateDirectory, int port, string password, IReadOnlyList<string> settings) =>
        new(stateDirectory, ProcessKind.Server, "postgres", Path.Combine(AppContext.BaseDirectory, "postgres.sh"),
            [stateDirectory, port.ToString(CultureInfo.InvariantCulture), .. settings.SelectMany(s => new[] { "-c", s })])
        {
            Grace = TimeSpan.FromSeconds(60),
            Variables = new Dictionary<string, string?> { ["SERVER_PASSWORD"] = password },
        };

    /// <summary>Makes a database and its own login role, and returns that role's connection string.</summary>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellationToken = default)
    {
        var password = LocalSecrets.GetOrCreate(stateDirectory, $"postgres-{name.Replace('_', '-')}");
        await PostgresDatabases.EnsureAsync(ConnectionString, name, password, cancellationToken);
        return new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            Username = name,
            Password = password,
            Database = name,
        }.ConnectionString;
    }

    /// <summary>Ends it in order.</summary>
    public Task StopAsync() => server.StopAsync();

    /// <summary>Ends it as a power cut would. Returns when its processes are gone.</summary>
    public Task StopImmediateAsync() => server.KillAsync();

    /// <summary>Starts it again on the same port and data, after either stop.</summary>
    public Task RestartAsync(CancellationToken cancellationToken = default) =>
        server.StartAsync(AnswersAsync, cancellationToken);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Unpooled: a pool of this process would offer connections of the server's last life.
            await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
