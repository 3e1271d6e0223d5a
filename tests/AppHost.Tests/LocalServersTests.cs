using Npgsql;
using RabbitMQ.Client;
using SessionPlatform.LocalServers;

namespace SessionPlatform.AppHost.Tests;

public sealed class LocalServersTests
{
    [Fact]
    public async Task PostgreSQL_keeps_its_data_over_an_orderly_stop_and_a_kill()
    {
        using var state = new TemporaryState();
        await using (var postgres = await LocalPostgres.StartAsync(state.Path, ["shared_buffers=32MB"]))
        {
            var database = await postgres.CreateDatabaseAsync("shop");
            await ExecuteAsync(database, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
            await postgres.StopImmediateAsync();
            await postgres.RestartAsync();
            await ExecuteAsync(database, "INSERT INTO kept VALUES (2)");
        }

        Assert.Empty(state.Processes());
        await using var second = await LocalPostgres.StartAsync(state.Path, ["shared_buffers=32MB"]);
        var again = await second.CreateDatabaseAsync("shop");
        Assert.Equal(3L, await ScalarAsync(again, "SELECT sum(n) FROM kept"));
    }

    [Fact]
    public async Task A_role_can_touch_its_own_database_and_no_other()
    {
        using var state = new TemporaryState();
        await using var postgres = await LocalPostgres.StartAsync(state.Path, ["shared_buffers=32MB"]);
        var own = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync("own"));
        await postgres.CreateDatabaseAsync("other");

        Assert.Equal("own", await ScalarAsync(own.ConnectionString, "SELECT current_user::text"));
        foreach (var forbidden in new[] { "other", "postgres", "template1" })
        {
            own.Database = forbidden;
            var error = await Assert.ThrowsAsync<PostgresException>(
                () => ScalarAsync(own.ConnectionString, "SELECT 1"));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, error.SqlState);
        }
    }

    [Fact]
    public async Task RabbitMQ_keeps_durable_messages_over_an_orderly_stop_and_a_kill()
    {
        using var state = new TemporaryState();
        await using (var rabbit = await LocalRabbitMq.StartAsync(state.Path))
            await DeclareAsync(rabbit);

        Assert.Empty(state.Processes());
        // Killed only now: a queue declared in the moments before a kill is half forgotten by RabbitMQ 3.10 itself.
        await using var second = await LocalRabbitMq.StartAsync(state.Path);
        await PublishAsync(second);
        await second.StopImmediateAsync();
        await second.RestartAsync();
        await using var connection = await ConnectAsync(second);
        await using var channel = await connection.CreateChannelAsync();
        var message = await channel.BasicGetAsync("kept", autoAck: true);
        Assert.Equal("durable"u8.ToArray(), message?.Body.ToArray());
    }

    private static async Task DeclareAsync(LocalRabbitMq rabbit)
    {
        await using var connection = await ConnectAsync(rabbit);
        await using var channel = await connection.CreateChannelAsync();
        var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync("kept", durable: true, exclusive: false, autoDelete: false, quorum);
    }

    private static async Task PublishAsync(LocalRabbitMq rabbit)
    {
        await using var connection = await ConnectAsync(rabbit);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        // Its confirmation is awaited for as long as it takes.
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await channel.BasicPublishAsync("", "kept", "durable"u8.ToArray(), timeout.Token);
    }

    private static Task<IConnection> ConnectAsync(LocalRabbitMq rabbit) =>
        new ConnectionFactory { Uri = new Uri(rabbit.ConnectionString) }.CreateConnectionAsync();

    private static Task ExecuteAsync(string connectionString, string sql) => ScalarAsync(connectionString, sql);

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // The tests' own constants.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }
}
