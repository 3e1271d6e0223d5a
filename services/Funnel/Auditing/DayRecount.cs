using System.Runtime.CompilerServices;
using Npgsql;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Documents;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>
/// A row of an aggregate with its stored and recomputed values; null stands for an absent row.
/// </summary>
internal readonly record struct ComparedRow(RowKey Key, string[]? Stored, string[]? Recomputed)
{
    /// <summary>Whether both values agree. A row of zeros equals an absent row.</summary>
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
/// Recounts one day of a site from its sessions, and compares the aggregates. All statements run in the transaction of
/// the connection, whose snapshot or lock keeps documents and aggregates stable.
/// </summary>
internal sealed class DayRecount(
    NpgsqlConnection connection,
    SiteConfiguration configuration,
    IReadOnlyCollection<(string VisitorId, Contribution Counted)> pending)
{
    /// <summary>Returns the recomputed sums of a day.</summary>
    /// <param name="day">The local day.</param>
    /// <param name="onWrongAsync">Receives each session with a wrong contribution.</param>
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

        // Pending sessions are not recounted yet, so the aggregates still contain their old contributions.
        foreach (var (visitorId, counted) in pending.Where(session => session.Counted.Day == day.DayNumber))
            sums.Add(visitorId, counted);
        return sums;
    }

    /// <summary>Returns every row of the day, including equal ones.</summary>
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

    /// <summary>Returns the days with sessions or aggregates of the site.</summary>
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
