using Npgsql;
using SessionPlatform.LocalServers;

namespace SessionPlatform.AppHost.Tests;

/// <summary>However the AppHost ends, nothing is left of the suite, and its data are there at the next start.</summary>
public sealed class EndTests(EndTests.Runs runs) : IClassFixture<EndTests.Runs>
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    [InlineData("INT")]
    public async Task However_the_AppHost_ends_nothing_is_left_after_30_s_and_the_data_are_intact(string signal)
    {
        await using var host = new HostProcess(runs.State);
        await host.HealthyAsync();
        Assert.NotEmpty(runs.State.Processes());
        Assert.Equal(runs.Count++, await KeepOneMoreAsync(runs.State));
        Assert.InRange(await host.EndAsync(signal), TimeSpan.Zero, Longest);
    }

    [Fact]
    public async Task A_resource_that_does_not_start_is_reported_with_its_last_lines()
    {
        using var state = new TemporaryState();
        // Data of a PostgreSQL that is not installed.
        Directory.CreateDirectory(Path.Combine(state.Path, "postgres", "data"));
        await File.WriteAllTextAsync(Path.Combine(state.Path, "postgres", "data", "PG_VERSION"), "7\n");
        await using var host = new HostProcess(state);

        var report = await host.FailureAsync();

        Assert.StartsWith("postgres failed: it exited with code 1", report, StringComparison.Ordinal);
        Assert.Contains("    No PostgreSQL 7 here. Install it", report, StringComparison.Ordinal);
    }

    /// <summary>Adds a row to a table of its own; returns how many were there.</summary>
    private static async Task<int> KeepOneMoreAsync(TemporaryState state)
    {
        var server = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = PortOf(state),
            Username = "postgres",
            Password = LocalSecrets.GetOrCreate(state.Path, "postgres"),
            Database = "postgres",
            Pooling = false,
        };
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("CREATE TABLE IF NOT EXISTS kept (n int)"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO kept SELECT count(*) FROM kept RETURNING n"));
        return (int)(await batch.ExecuteScalarAsync())!;
    }

    private static int PortOf(TemporaryState state) =>
        int.Parse(File.ReadLines(Path.Combine(DataOf(state), "data", "postmaster.pid")).ElementAt(3), null);

    // Where the server's user cannot enter the state folder, a note says where the data are.
    private static string DataOf(TemporaryState state)
    {
        var note = Path.Combine(state.Path, "postgres.location");
        return File.Exists(note) ? File.ReadAllText(note).Trim() : Path.Combine(state.Path, "postgres");
    }

    /// <summary>The state that the runs share, one after the other.</summary>
    public sealed class Runs : IDisposable
    {
        public TemporaryState State { get; } = new();

        /// <summary>How many have been healthy.</summary>
        public int Count { get; set; }

        public void Dispose() => State.Dispose();
    }
}
