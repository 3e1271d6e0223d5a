using Npgsql;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Storage;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Sessionizing;

/// <summary>What a long history and large batches do to statements and locks.</summary>
public sealed class ManyMonthsTests(SessionizerDatabase database) : IClassFixture<SessionizerDatabase>
{
    private const long Month = 31L * 24 * 60 * Minute;

    [Fact]
    public async Task Duplicates_of_a_large_batch_are_looked_up_by_stream_not_by_reading_all_events()
    {
        await MakeMonthsAsync();
        var streams = Enumerable.Range(0, 1000).Select(i => $"visitor-{i}").ToArray();

        var plan = await PlanAsync(
            EventIdTable.SelectInStreams,
            streams.Select(_ => "shop").ToArray(), streams, streams.Select(_ => Guid.NewGuid()).ToArray());

        Assert.StartsWith("Nested Loop", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Due_sessions_are_looked_up_in_their_months_not_by_reading_all_sessions()
    {
        await MakeMonthsAsync();

        var plan = await PlanAsync(UnpublishedTable.SelectDue, 2000);

        Assert.StartsWith("Nested Loop", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_of_the_database_neither_compile_statements_nor_know_summer_time()
    {
        Assert.Equal("off", await database.ScalarAsync<string>("SHOW jit"));
        // A timeout of 24 hours travels as an interval of one day, which has 23 or 25 hours in some time zones.
        Assert.True(await database.ScalarAsync<bool>(
            "SELECT '2026-03-28 12:00+00'::timestamptz + $1 = '2026-03-29 12:00+00'", TimeSpan.FromDays(1)));
    }

    [Fact]
    public async Task The_relay_waits_for_no_batch_and_announces_again_what_one_has_in_hand()
    {
        var siteId = await database.AddSiteAsync();
        await database.NewReplica().ApplyAsync([Of("a"), Of("b")], CancellationToken.None);
        var (sessions, _, readAt) = await UnpublishedTable.LoadDueAsync(
            database.DataSource, awaited: DateTime.MaxValue, limit: 2000, CancellationToken.None);
        sessions.RemoveAll(s => s.Address.Stream.SiteId != siteId);
        Assert.Equal(2, sessions.Count);
        await using var batch = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await batch.BeginTransactionAsync();
        await ScalarAsync(
            batch,
            "SELECT revision FROM unpublished_sessions WHERE site_id = $1 AND stream_key = 'a' FOR UPDATE NOWAIT",
            siteId);

        await UnpublishedTable.MarkPublishedAsync(
            database.DataSource, sessions, readAt, TimeSpan.FromSeconds(2), CancellationToken.None);

        Assert.Equal("a", await database.ScalarAsync<string>(
            "SELECT string_agg(stream_key, ',') FROM unpublished_sessions WHERE site_id = $1", siteId));

        AcceptedEvent Of(string stream) => PageView(0).With(e =>
        {
            e.Event.SiteId = siteId;
            e.StreamKey = e.Event.VisitorId = stream;
        });
    }

    private async Task MakeMonthsAsync() => await new MonthPartitions(database.DataSource).EnsureAsync(
        Enumerable.Range(0, 40).Select(i => (600 + i) * Month), CancellationToken.None);

    private async Task<string> PlanAsync(string sql, params object[] parameters)
    {
        await using var command = database.DataSource.CreateCommand($"EXPLAIN {sql}");
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    private static async Task ScalarAsync(NpgsqlConnection connection, string sql, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        Assert.NotNull(await command.ExecuteScalarAsync());
    }
}
