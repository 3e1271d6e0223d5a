using System.Runtime.CompilerServices;
using Npgsql;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>
/// A row of an aggregate as it is stored and as it should be; null: it is not there, or should not be.
/// </summary>
internal readonly record struct ComparedRow(RowKey Key, string[]? Stored, string[]? Recomputed)
{
    /// <summary>A row of zeros says the same as none.</summary>
    public bool IsSame => !Differences().Any();

    public IEnumerable<(string Column, string? Stored, string? Recomputed)> Differences()
    {
        for (var index = 0; index < Key.Table.Values.Count; index++)
        {
            var (stored, recomputed) = (Stored?[index], Recomputed?[index]);
            if ((stored ?? "0") != (recomputed ?? "0"))
                yield return (Key.Table.Values[index], stored, recomputed);
        }
    }
}

/// <summary>
/// Counts one day of a site anew, from its sessions, and compares. All within the transaction of the connection: by its
/// snapshot, or by its lock, documents and aggregates stand still.
/// </summary>
internal sealed class DayRecount(
    NpgsqlConnection connection,
    SiteConfiguration configuration,
    IReadOnlyCollection<(string VisitorId, Contribution Counted)> pending)
{
    /// <summary>The sums of a day.</summary>
    /// <param name="day">The day.</param>
    /// <param name="onWrongAsync">Gets each session that is not counted as it should be.</param>
    public async Task<DaySums> SumAsync(
        DateOnly day, Func<CountedSession, Task> onWrongAsync, CancellationToken cancellationToken)
    {
        var sums = new DaySums(day);
        await foreach (var session in SessionRows.OfDayAsync(connection, configuration, day, cancellationToken))
        {
            if (session.Differences(configuration.Version).Any())
                await onWrongAsync(session);
            if (session.Counted is { } counted)
                sums.Add(session.Key.VisitorId, counted);
        }

        // What an older configuration counted is still to be counted anew; until then the aggregates have it like this.
        foreach (var (visitorId, counted) in pending.Where(session => session.Counted.Day == day.DayNumber))
            sums.Add(visitorId, counted);
        return sums;
    }

    /// <summary>Every row of the day, equal ones included.</summary>
    public async IAsyncEnumerable<ComparedRow> CompareAsync(
        DaySums sums, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using (var batch = new NpgsqlBatch(connection))
        {
            foreach (var table in AggregateTable.All)
                batch.BatchCommands.Add(Sql.Command(table.Select, configuration.SiteId, sums.Day));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            foreach (var table in AggregateTable.All)
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    var key = new RowKey(table, reader.GetInt32(0), reader.GetString(1), reader.GetInt16(2));
                    yield return new ComparedRow(key, Sql.Texts(reader, 3), sums.Take(key));
                }

                await reader.NextResultAsync(cancellationToken);
            }
        }

        foreach (var (key, values) in sums.Rest())
            yield return new ComparedRow(key, null, values);
    }

    /// <summary>The days that sessions or aggregates of the site are of.</summary>
    public async Task<SortedSet<DateOnly>> DaysAsync(CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT day FROM day_totals WHERE site_id = $1
            UNION SELECT day FROM day_revenue WHERE site_id = $1
            UNION SELECT day FROM day_visitors WHERE site_id = $1
            UNION SELECT day FROM funnel_days WHERE site_id = $1
            UNION SELECT day FROM funnel_visitors WHERE site_id = $1
            UNION SELECT (started_at AT TIME ZONE $2)::date FROM session_facts WHERE site_id = $1
            UNION SELECT (hour AT TIME ZONE $2)::date FROM hour_totals WHERE site_id = $1
            """;
        var days = await SessionRows.DaysAsync(connection, configuration, cancellationToken);
        days.UnionWith(pending.Select(session => DateOnly.FromDayNumber(session.Counted.Day)));
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(sql, configuration.SiteId, configuration.TimeZone.Id));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            days.Add(Sql.Date(reader, 0)!.Value);
        return days;
    }
}
