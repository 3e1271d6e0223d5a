using System.Runtime.CompilerServices;
using Npgsql;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Database;

namespace SessionPlatform.Funnel.Results;

/// <summary>A day of a funnel.</summary>
/// <param name="Changes">
/// The sum of the change counters of its stages: the version that a cached copy must match.
/// </param>
internal readonly record struct FunnelDay(DateOnly Day, long Changes);

/// <summary>
/// Reads the furthest stage of each visitor over a number of days. Each day is materialized as a column once and read
/// from the table again only after a change, so that a result over many days costs little more than its last day.
/// </summary>
internal sealed class FunnelVisitors(
    NpgsqlDataSource dataSource, ColumnTable table, ColumnCache cache, VisitorStageCache kept, TimeProvider time)
{
    // LATERAL with LIMIT forces one index lookup per visitor, regardless of planner statistics.
    private const string VisitorsSql = """
        SELECT f.day, f.stage, n.number, CASE WHEN n.number IS NULL THEN f.visitor_id END
        FROM funnel_visitors AS f
        LEFT JOIN LATERAL (
            SELECT n.number FROM visitor_numbers AS n WHERE n.site_id = $1 AND n.visitor_id = f.visitor_id LIMIT 1
        ) AS n ON true
        WHERE f.site_id = $1 AND f.funnel_id = $2 AND f.day = ANY ($3)
        ORDER BY f.day
        """;

    // Recent days change all the time and are not materialized. After two days, a day has ended in every time zone.
    private static readonly TimeSpan SealedAfter = TimeSpan.FromDays(2);

    /// <summary>Returns the visitors of a number of days. The result is shared: callers modify only a copy.</summary>
    /// <param name="connection">A connection with the snapshot that the days were read from.</param>
    public async Task<FurthestStages> ReadAsync(
        NpgsqlConnection connection,
        string siteId,
        int funnelId,
        IReadOnlyCollection<FunnelDay> days,
        CancellationToken cancellationToken)
    {
        if (kept.Find(siteId, funnelId, days) is { } whole)
            return whole;
        List<FunnelDay> sealedDays = [.. days.Where(day => IsSealed(BeginOf(day.Day)))];
        var before = kept.Find(siteId, funnelId, sealedDays);
        if (before is null)
        {
            before = new FurthestStages();
            await AddAsync(connection, siteId, funnelId, sealedDays, before, cancellationToken);
            kept.Add(siteId, funnelId, sealedDays, before);
        }

        var furthest = before.Copy();
        await AddAsync(connection, siteId, funnelId, [.. days.Except(sealedDays)], furthest, cancellationToken);
        kept.Add(siteId, funnelId, days, furthest);
        return furthest;
    }

    private async Task AddAsync(
        NpgsqlConnection connection,
        string siteId,
        int funnelId,
        List<FunnelDay> days,
        FurthestStages furthest,
        CancellationToken cancellationToken)
    {
        var column = new Column<int>($"funnel_visitors/{funnelId}");
        var missing = new Dictionary<DateOnly, PlannedChunk>();
        foreach (var day in days)
        {
            var chunk = ChunkOf(day);
            if (cache.Find(siteId, chunk, column) is { } packed)
                furthest.Add(column.Decode(packed));
            else
                missing.Add(day.Day, chunk);
        }

        if (missing.Count == 0)
            return;
        await table.ReadAsync(
            siteId,
            [.. missing.Values.Select(chunk => (chunk, (Column)column))],
            (chunk, _, packed) =>
            {
                missing.Remove(DateOnly.FromDateTime(chunk.FirstHour));
                cache.Add(siteId, chunk, column, packed);
                furthest.Add(column.Decode(packed));
            },
            cancellationToken);
        await foreach (var (day, visitors) in ReadAsync(
            connection, siteId, funnelId, [.. missing.Keys.Order()], cancellationToken))
        {
            furthest.Add(visitors);
            await KeepAsync(siteId, missing[day], column, column.Encode(visitors), cancellationToken);
        }
    }

    /// <summary>Returns the numbers of visitors, and assigns new ones where necessary.</summary>
    public async Task<Dictionary<string, int>> NumbersOfAsync(
        string siteId, IEnumerable<string> visitorIds, CancellationToken cancellationToken)
    {
        string[] different = [.. visitorIds.Distinct(StringComparer.Ordinal)];
        var numbers = different.Length == 0
            ? []
            : await SiteDictionary.Visitors(dataSource, siteId).EncodeAsync(different, cancellationToken);
        return different.Zip(numbers).ToDictionary(StringComparer.Ordinal);
    }

    private async Task KeepAsync(
        string siteId, PlannedChunk chunk, Column column, byte[] packed, CancellationToken cancellationToken)
    {
        cache.Add(siteId, chunk, column, packed);
        if (IsSealed(chunk.FirstHour))
        {
            await table.WriteAsync(
                siteId, chunk, new Dictionary<Column, byte[]> { [column] = packed }, cancellationToken);
        }
    }

    /// <summary>Returns the visitors of each day, in the order of time.</summary>
    private async IAsyncEnumerable<(DateOnly Day, int[] Visitors)> ReadAsync(
        NpgsqlConnection connection,
        string siteId,
        int funnelId,
        DateOnly[] days,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = 0;
        var visitors = new List<int>();
        var unnumbered = new List<(string VisitorId, short Stage)>();
        await foreach (var row in ReportDatabase.RowsAsync(
            connection, Sql.Command(VisitorsSql, siteId, funnelId, days), cancellationToken))
        {
            for (var day = Sql.Date(row, 0)!.Value; days[next] < day; next++)
                yield return (days[next], await TakeAsync());
            if (Sql.Text(row, 3) is { } visitorId)
                unnumbered.Add((visitorId, row.GetInt16(1)));
            else
                visitors.Add(FurthestStages.Encode(row.GetInt32(2), row.GetInt16(1)));
        }

        for (; next < days.Length; next++)
            yield return (days[next], await TakeAsync());

        async Task<int[]> TakeAsync()
        {
            var numbers = await NumbersOfAsync(
                siteId, [.. unnumbered.Select(visitor => visitor.VisitorId)], cancellationToken);
            visitors.AddRange(unnumbered.Select(
                visitor => FurthestStages.Encode(numbers[visitor.VisitorId], visitor.Stage)));
            int[] taken = [.. visitors];
            visitors.Clear();
            unnumbered.Clear();
            return taken;
        }
    }

    private bool IsSealed(DateTime begin) => begin < time.GetUtcNow().UtcDateTime - SealedAfter;

    private static DateTime BeginOf(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    private static PlannedChunk ChunkOf(FunnelDay day)
    {
        var begin = BeginOf(day.Day);
        return new PlannedChunk(begin, begin, begin, day.Changes, Sessions: 0);
    }
}
