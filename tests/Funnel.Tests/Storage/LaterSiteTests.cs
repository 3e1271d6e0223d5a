using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Journeys;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.Funnel.Tests.Columns;
using RandomVisits = SessionPlatform.Funnel.Tests.Journeys.RandomVisits;

namespace SessionPlatform.Funnel.Tests.Storage;

/// <summary>A site that statistics do not know costs what its sessions cost, not their square.</summary>
[Collection(PostgresCollection.Name)]
public sealed class LaterSiteTests(PostgresFixture postgres)
{
    private const int Visitors = 600;

    private static readonly FunnelDefinition Buying = new()
    {
        Name = "buying", Steps = { new FunnelStep { Name = "buy", Kind = "purchase" } },
    };

    // Of these there are few rows, and one site's are read by their key.
    private static readonly string[] Small = ["counted_versions", "funnels", "site_configurations"];

    [Fact]
    public async Task All_sites_look_alike_to_the_planner()
    {
        await using var command = postgres.DataSource.CreateCommand(
            """
            SELECT c.relname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
            WHERE a.attname = 'site_id' AND c.relkind IN ('r', 'p') AND a.attstattarget <> 0
                AND c.relnamespace = 'public'::regnamespace
            ORDER BY 1
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var others = new List<string>();
        while (await reader.ReadAsync())
            others.Add(reader.GetString(0));
        Assert.Equal(Small, others);
    }

    [Fact]
    public async Task A_journey_cut_at_a_funnel_reads_each_session_once()
    {
        var siteId = $"later-{Guid.NewGuid()}";
        var sites = new FakeSites();
        sites.Set(siteId, new SiteRules { TimeZone = "UTC" });
        var replica = new Replica(postgres.DataSource, sites);
        var visits = new RandomVisits(seed: 2, siteId, Visitors);
        await replica.Applier.ApplyAsync(visits.Facts.Select(Change.Of), CancellationToken.None);
        var site = (await replica.Configurations.FindAsync(siteId, CancellationToken.None))!;
        using var database = new ReportDatabase(postgres.DataSource, Options.Create(new FunnelOptions()));
        using var columns = new ColumnsOf(postgres.DataSource);
        using var reports = new JourneyReports(
            database,
            new ColumnJourneys(postgres.DataSource, columns.Filters, columns.Scans, columns.Aggregates, TimeProvider.System),
            Options.Create(new JourneyOptions()));
        var point = new FunnelPoint { Funnel = Buying.Name, Stage = 1, Side = FunnelPoint.Types.Side.Before };
        var selection = new JourneySelection(
            site,
            new ReportSpan(Instants.First, Instants.Last, Days: null),
            new Segment { IncludeBots = true },
            new FunnelCut(new OrderedFunnel(Buying), point),
            WithTimes: true);

        var before = await RowsReadAsync();
        var paths = await reports.PathsAsync(
            selection, new PathShape { Funnel = point }, (1, 5), 10, byDevice: false, CancellationToken.None);
        var read = await RowsReadAsync() - before;

        Assert.True(paths.Sessions > 0);
        Assert.InRange(read, 1, 4 * visits.Final.Count());
    }

    // Of the tables of sessions, by whatever index or none. A connection tells what it has read when it ends.
    private async Task<long> RowsReadAsync()
    {
        postgres.DataSource.Clear();
        while (await CountAsync(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
            """) > 0)
        {
            await Task.Yield();
        }

        return await CountAsync(
            """
            SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_user_tables
            WHERE relname IN ('session_documents', 'session_facts')
            """);
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = postgres.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
