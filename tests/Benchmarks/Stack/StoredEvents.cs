using Npgsql;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>Reads what the Sessionizer has stored for some sites.</summary>
internal static class StoredEvents
{
    /// <summary>Counts events in committed sessions and dropped duplicates.</summary>
    public static async Task<(long Events, long Duplicates)> CommittedAsync(
        RunningSuite suite, IReadOnlyList<string> sites, CancellationToken cancellationToken)
    {
        await using var command = For(suite, sites, """
            SELECT coalesce(sum(events), 0)::bigint, coalesce(sum(duplicates), 0)::bigint
            FROM arrivals WHERE site_id = ANY($1)
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>Counts rows of events by site and sessions that are not retracted.</summary>
    public static async Task<IReadOnlyDictionary<string, (long Events, long Sessions)>> CountAsync(
        RunningSuite suite, IReadOnlyList<string> sites, CancellationToken cancellationToken)
    {
        await using var command = For(suite, sites, """
            SELECT site_id, events.number, sessions.number
            FROM (SELECT site_id, count(*) AS number FROM events WHERE site_id = ANY($1) GROUP BY 1) AS events
            JOIN (SELECT site_id, count(*) AS number FROM sessions
                WHERE site_id = ANY($1) AND NOT retracted GROUP BY 1) AS sessions USING (site_id)
            """);
        // Every row is looked at.
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var counts = new Dictionary<string, (long, long)>();
        while (await reader.ReadAsync(cancellationToken))
            counts.Add(reader.GetString(0), (reader.GetInt64(1), reader.GetInt64(2)));
        return counts;
    }

    private static NpgsqlCommand For(RunningSuite suite, IReadOnlyList<string> sites, string sql)
    {
        var command = suite.Sessions.CreateCommand(sql);
        command.Parameters.Add(new() { Value = sites.ToArray() });
        return command;
    }
}
