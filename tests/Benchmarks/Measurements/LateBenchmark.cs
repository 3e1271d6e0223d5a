using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Benchmarks.Harness;
using SessionPlatform.Benchmarks.Stack;
using SessionPlatform.Benchmarks.Traffic;
using SessionPlatform.Sessionizer;
using SessionPlatform.Sessionizer.Sessionizing;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Benchmarks.Measurements;

/// <summary>
/// Measures one additional event in its own batch and transaction on a real PostgreSQL: the newest of its stream, and
/// one in the middle of it. The cost of a newest event must not depend on the length of the stream, that of a late
/// event only on the sessions that it changes.
/// </summary>
internal static class LateBenchmark
{
    private const double MostGrowth = 1.5;
    private const int LoadBatch = 2000;
    private static readonly TimeSpan LongestMeasurement = TimeSpan.FromSeconds(6);

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var lengths = context.Options.Pick<int[]>([100, 1000, 10_000, 100_000], [100, 1000, 10_000]);
        await using var database = await PrivateDatabase.StartAsync(
            "sessions", typeof(SiteStore).Assembly, Configure, cancellationToken);
        var sessionizer = new BatchSessionizer(
            database.DataSource, new MonthPartitions(database.DataSource), new RulesTimelines(),
            new SessionizerMetrics(database.Meters), Options.Create(new SessionizerOptions()), TimeProvider.System);
        var sites = new SiteStore(database.DataSource, TimeProvider.System);

        var rows = new List<Row>();
        foreach (var (kind, create) in new (string, Func<string, OneStream>)[]
            { ("bot", OneStream.Bot), ("one session", OneStream.Dense) })
        {
            // A warm-up: code is compiled and statements are planned.
            await MeasureAsync(kind, "warm-up", create, lengths[0]);
            var measured = new List<Cost>();
            foreach (var length in lengths)
            {
                measured.Add(await MeasureAsync(kind, $"{kind[..3]}-{length}", create, length));
                rows.AddRange(RowsOf(kind, length, measured[0], measured[^1]));
            }
        }

        return rows;

        async Task<Cost> MeasureAsync(string kind, string site, Func<string, OneStream> create, int length)
        {
            site = $"{site}-{kind[..3]}";
            await sites.CreateAsync(site, SiteRulesDefaults.Complete(null), [], cancellationToken);
            context.Tell($"{kind}: a stream of {Row.Count(length)} events");
            var stream = create(site);
            for (var from = 0; from < length; from += LoadBatch)
            {
                await sessionizer.ApplyAsync(
                    [.. Enumerable.Range(from, Math.Min(LoadBatch, length - from)).Select(stream.At)],
                    cancellationToken);
            }

            await SettleAsync(database.DataSource, cancellationToken);
            return await MeasureOneByOneAsync(database.DataSource, sessionizer, stream, length, cancellationToken);
        }
    }

    private static void Configure(NpgsqlDataSourceBuilder builder)
    {
        SessionizerSetup.Configure(builder);
        // A transaction needs one. A single one can be asked what it has read.
        builder.ConnectionStringBuilder.MaxPoolSize = 1;
    }

    private static async Task<Cost> MeasureOneByOneAsync(
        NpgsqlDataSource dataSource,
        BatchSessionizer sessionizer,
        OneStream stream,
        int length,
        CancellationToken cancellationToken)
    {
        var before = await EventsReadAsync(dataSource, cancellationToken);
        // Few, and first: each makes the sessions in the middle larger.
        var late = await Samples.TakeAsync(
            3, 30, LongestMeasurement,
            i => sessionizer.ApplyAsync([stream.Behind((length / 2) + (i % 5), i)], cancellationToken),
            cancellationToken);
        var between = await EventsReadAsync(dataSource, cancellationToken);
        var newest = await Samples.TakeAsync(
            90, 450, LongestMeasurement,
            i => sessionizer.ApplyAsync([stream.At(length + i)], cancellationToken), cancellationToken);
        var after = await EventsReadAsync(dataSource, cancellationToken);
        return new(
            newest.Median, late.Median,
            (double)(after - between) / newest.Count, (double)(between - before) / late.Count);
    }

    private static IEnumerable<Row> RowsOf(string kind, int length, Cost first, Cost cost)
    {
        var newest = cost.Newest / first.Newest;
        yield return new(
            $"{kind}, {Row.Count(length)} events: newest event",
            $"{Row.Micros(cost.Newest)}, {Row.Count(Math.Round(cost.NewestRead, 1))} events read back",
            Row.Micros(first.Newest), Row.Fraction(newest),
            $"≤ {Row.Fraction(MostGrowth)}: no growth", newest <= MostGrowth);
        // A late event is to cost as its session does: what it takes more than the shortest stream's late event must
        // not exceed what it reads more.
        var (time, read) = (cost.Late / first.Late, Math.Max(1, cost.LateRead / Math.Max(1, first.LateRead)));
        yield return new(
            $"{kind}, {Row.Count(length)} events: late event",
            $"{Row.Micros(cost.Late)}, {Row.Count(Math.Round(cost.LateRead, 1))} events read back",
            Row.Micros(first.Late), Row.Fraction(time),
            $"≤ {Row.Fraction(MostGrowth * read)}: as events read", time <= MostGrowth * read);
    }

    private static async Task<long> EventsReadAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT coalesce(sum(idx_tup_fetch + seq_tup_read), 0)::bigint
            FROM pg_stat_user_tables WHERE relname ~ '^events_\d'
            """;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using (var flush = new NpgsqlCommand("SELECT pg_stat_force_next_flush()", connection))
            await flush.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // Keeps checkpoints and first reads of fresh pages out of the measurement.
    private static async Task SettleAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("VACUUM (ANALYZE) streams, events, sessions, event_ids");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private readonly record struct Cost(TimeSpan Newest, TimeSpan Late, double NewestRead, double LateRead);
}
