using System.Data;
using Npgsql;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.Funnel.Tests.Metrics;
using SessionPlatform.Funnel.Tests.Storage;

namespace SessionPlatform.Funnel.Tests.Columns;

/// <summary>Columns tell of sessions what their documents do, whatever changed since they were copied.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ColumnReaderTests(PostgresFixture postgres) : IDisposable
{
    private readonly FakeSites sites = new();
    private readonly ColumnsOf one = new(postgres.DataSource);
    private readonly ColumnsOf other = new(postgres.DataSource);

    public void Dispose()
    {
        one.Dispose();
        other.Dispose();
    }

    [Theory]
    [InlineData("Europe/Zurich", "2025-10-26", 1)]
    [InlineData("Australia/Lord_Howe", "2025-04-06", 2)]
    public async Task Columns_follow_every_change(string zone, string day, int seed)
    {
        var random = new Random(seed);
        var middle = DateTime.SpecifyKind(
            DateTime.Parse(day, System.Globalization.CultureInfo.InvariantCulture), DateTimeKind.Utc);
        var siteId = NewSite(zone);
        var visits = new RandomVisits(random, siteId, middle, sessions: 400);
        var replica = new Replica(postgres.DataSource, sites);
        // Two replicas read by turns, so that each meets copies that the other one made.
        var reading = new Queue<ColumnsOf>([one, other]);
        foreach (var batch in visits.Facts.Chunk(150))
        {
            await replica.Applier.ApplyAsync(batch.Select(Change.Of), CancellationToken.None);
            reading.Enqueue(reading.Dequeue());
            await reading.Peek().ReadAsync(await SiteAsync(siteId));
        }

        var expected = visits.Final.Select(SessionLine.Of).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(expected, await LinesAsync(await one.ReadAsync(await SiteAsync(siteId)), siteId));
        Assert.Equal(expected, await LinesAsync(await other.ReadAsync(await SiteAsync(siteId)), siteId));
    }

    [Fact]
    public async Task A_change_of_another_time_zone_leaves_no_copy_behind_that_is_read()
    {
        var siteId = NewSite("UTC");
        var visits = new RandomVisits(new Random(3), siteId, Sample.Noon, sessions: 200);
        var replica = new Replica(postgres.DataSource, sites);
        await replica.Applier.ApplyAsync(visits.Facts.Select(Change.Of), CancellationToken.None);
        var expected = visits.Final.Select(SessionLine.Of).Order(StringComparer.Ordinal).ToList();
        await one.ReadAsync(await SiteAsync(siteId));

        sites.Set(siteId, new SiteRules { TimeZone = "Asia/Kolkata" });
        // Before sessions are counted anew their hours are those of the former zone.
        Assert.Equal(expected, await LinesAsync(await one.ReadAsync(await SiteAsync(siteId)), siteId));
        using var signal = new Recounting.RecountSignal();
        await new Replica(postgres.DataSource, sites).CreateRecounter(signal, batch: 100)
            .RecountAsync(CancellationToken.None);
        Assert.Equal(expected, await LinesAsync(await one.ReadAsync(await SiteAsync(siteId)), siteId));
        Assert.Equal(0L, await ScalarAsync(
            """
            SELECT count(*) FROM fact_columns AS c JOIN fact_columns AS d USING (site_id, name)
            WHERE site_id = $1 AND c.first_hour < d.first_hour AND c.last_hour >= d.first_hour
            """,
            siteId));
    }

    [Fact]
    public async Task A_report_reads_what_its_snapshot_has_although_newer_copies_took_the_place()
    {
        var siteId = NewSite("UTC");
        var first = Sample.Document(siteId, "v", Sample.SessionId(siteId, 0), Sample.Noon, 1, Sample.Page("/old"));
        await ApplyAsync(first);
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        var scan = await one.PlanAsync(connection, await SiteAsync(siteId));

        var next = first.Clone();
        next.Session.Revision = 2;
        next.Timeline[0].Path = "/new";
        await ApplyAsync(next);
        Assert.Contains("/new", Assert.Single(await LinesAsync(await other.ReadAsync(await SiteAsync(siteId)), siteId)));

        Assert.Contains("/old", Assert.Single(await LinesAsync(await ColumnsOf.ReadAsync(scan), siteId)));
        // The older copy did not push out the newer one.
        using var third = new ColumnsOf(postgres.DataSource);
        await ExecuteAsync("UPDATE session_documents SET document = '' WHERE site_id = $1", siteId);
        Assert.Contains("/new", Assert.Single(await LinesAsync(await third.ReadAsync(await SiteAsync(siteId)), siteId)));
    }

    [Fact]
    public async Task Columns_that_cannot_be_read_are_made_anew()
    {
        var siteId = NewSite("UTC");
        await ApplyAsync(Sample.Document(
            siteId, "v", Sample.SessionId(siteId, 0), Sample.Noon, 1, Sample.Page("/page")));
        await one.ReadAsync(await SiteAsync(siteId));
        await ExecuteAsync("UPDATE fact_columns SET packed = '\\x00' WHERE site_id = $1", siteId);

        Assert.Contains("/page", Assert.Single(await LinesAsync(await other.ReadAsync(await SiteAsync(siteId)), siteId)));
        await using var command = postgres.DataSource.CreateCommand(
            "SELECT count(*) FROM fact_columns WHERE site_id = $1 AND packed = '\\x00'");
        command.Parameters.Add(new() { Value = siteId });
        Assert.Equal(0L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_day_that_is_busy_or_goes_on_is_cut_into_hours_and_a_quiet_one_is_not()
    {
        var now = Sample.Noon.AddDays(30);
        var siteId = NewSite("UTC");
        const string sql = """
            INSERT INTO hour_totals SELECT $1, $2, false, $3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
            """;
        for (var hour = 0; hour < 48; hour++)
            await ExecuteAsync(sql, siteId, Sample.Noon.AddHours(hour - 12), hour < 24 ? 600L : 700L);
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        var whole = new ReportSpan(Sample.Noon.AddDays(-1), Sample.Noon.AddDays(3), null);
        var chunks = await ScanPlanner.ReadAsync(connection, siteId, whole, TimeZoneInfo.Utc, now, CancellationToken.None);

        Assert.Equal([24 * 600L, .. Enumerable.Repeat(700L, 24)], chunks.Select(chunk => chunk.Sessions));
        Assert.All(chunks.Zip(chunks.Skip(1)), pair => Assert.Equal(pair.First.Before, pair.Second.FirstHour));
        var lately = await ScanPlanner.ReadAsync(
            connection, siteId, whole, TimeZoneInfo.Utc, Sample.Noon.AddHours(20), CancellationToken.None);
        Assert.Equal(48, lately.Count);
        // A report about a part of a day finds the same chunks.
        var part = new ReportSpan(Sample.Noon, Sample.Noon.AddHours(13), null);
        Assert.Equal(
            chunks.Take(2),
            await ScanPlanner.ReadAsync(connection, siteId, part, TimeZoneInfo.Utc, now, CancellationToken.None));
    }

    private string NewSite(string zone)
    {
        var siteId = $"columns-{Guid.NewGuid()}";
        sites.Set(siteId, new SiteRules { TimeZone = zone });
        return siteId;
    }

    private async Task<SiteConfiguration> SiteAsync(string siteId) =>
        (await new Configurations(postgres.DataSource, sites).FindAsync(siteId, CancellationToken.None))!;

    private async Task ApplyAsync(Contracts.Sessions.V1.SessionDocument document) =>
        await new Replica(postgres.DataSource, sites).Applier.ApplyAsync(
            [Change.Of(Sample.Updated(document))], CancellationToken.None);

    private async Task<List<string>> LinesAsync(List<Chunk> chunks, string siteId)
    {
        var (texts, visitors) = (await TextsAsync("text_numbers", "text"), await TextsAsync("visitor_numbers", "visitor_id"));
        return [.. chunks.SelectMany(chunk => SessionLine.Of(chunk, texts, visitors)).Order(StringComparer.Ordinal)];

        async Task<Dictionary<int, string>> TextsAsync(string table, string column)
        {
            var found = new Dictionary<int, string> { [0] = "" };
            await using var command = postgres.DataSource.CreateCommand(
                $"SELECT number, {column} FROM {table} WHERE site_id = $1");
            command.Parameters.Add(new() { Value = siteId });
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                found.Add(reader.GetInt32(0), reader.GetString(1));
            return found;
        }
    }

    private async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync());
    }

    private async Task<object?> ScalarAsync(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteScalarAsync();
    }

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = postgres.DataSource.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        return command;
    }
}
