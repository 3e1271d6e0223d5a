using System.Data;
using Npgsql;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.Storage;

/// <summary>
/// Reads funnel counts: whole days from the aggregates, what sticks out at the ends of a range from the sessions.
/// </summary>
internal sealed class FunnelResults(NpgsqlDataSource dataSource)
{
    /// <summary>The result over the sessions that started in [from, to); null: the site has no such funnel.</summary>
    public async Task<GetFunnelResultResponse?> GetAsync(
        string siteId, string name, DateTime? from, DateTime? to, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        // One snapshot for all statements; configuration and counts change together.
        await using var transaction =
            await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var configuration = await ConfigurationSql.LoadAsync(connection, siteId, cancellationToken);
        if (configuration?.Funnels.FirstOrDefault(candidate => candidate.Definition.Name == name) is not { } funnel)
            return null;

        var range = DayRange.Of(from, to, configuration.TimeZone);
        var counts = new Counts(funnel.Definition.Steps.Count + 1);
        foreach (var edge in range.Edges())
            await AddEdgeAsync(connection, siteId, funnel.Id, range, edge, counts, cancellationToken);
        return await AddDaysAsync(connection, siteId, funnel, range, counts, cancellationToken);
    }

    private static async Task AddEdgeAsync(
        NpgsqlConnection connection,
        string siteId,
        int funnelId,
        DayRange range,
        (DateTime From, DateTime To) edge,
        Counts counts,
        CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT visitor_id, started_at, contribution FROM session_documents
            WHERE site_id = $1 AND started_at >= $2 AND started_at < $3 AND NOT retracted
            """;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(sql, siteId, edge.From, edge.To));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var contribution = Contribution.Parser.ParseFrom(Sql.Bytes(reader, 2));
            if (!range.IsEdge(reader.GetDateTime(1), DateOnly.FromDayNumber(contribution.Day)))
                continue;
            foreach (var reach in contribution.Reaches)
            {
                if (reach.FunnelId == funnelId)
                    counts.AddSession(reader.GetString(0), reach.Stage);
            }
        }
    }

    private static async Task<GetFunnelResultResponse> AddDaysAsync(
        NpgsqlConnection connection,
        string siteId,
        SiteFunnel funnel,
        DayRange range,
        Counts counts,
        CancellationToken cancellationToken)
    {
        const string pendingSql = """
            SELECT coalesce(sum(sessions), 0)::bigint FROM counted_versions WHERE site_id = $1 AND version < $2
            """;
        const string sessionsSql = """
            SELECT stage, sum(sessions)::bigint FROM funnel_days
            WHERE site_id = $1 AND funnel_id = $2 AND day BETWEEN $3 AND $4 GROUP BY stage
            """;
        // A visitor counts once, by the furthest stage of all days and of the sessions at the edges.
        const string visitorsSql = """
            SELECT stage, count(*) FROM (
                SELECT max(stage) AS stage FROM (
                    SELECT visitor_id, stage FROM funnel_visitors
                    WHERE site_id = $1 AND funnel_id = $2 AND day BETWEEN $3 AND $4
                    UNION ALL
                    SELECT * FROM unnest($5::text[], $6::smallint[])
                ) AS reached GROUP BY visitor_id
            ) AS furthest GROUP BY stage
            """;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(pendingSql, siteId, funnel.Since));
        batch.BatchCommands.Add(Sql.Command(sessionsSql, siteId, funnel.Id, range.FirstDay, range.LastDay));
        batch.BatchCommands.Add(Sql.Command(visitorsSql, siteId, funnel.Id, range.FirstDay, range.LastDay,
            counts.Furthest.Keys.ToArray(), counts.Furthest.Values.ToArray()));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);

        await reader.ReadAsync(cancellationToken);
        var pending = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            counts.Sessions[reader.GetInt16(0)] += reader.GetInt64(1);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            counts.Visitors[reader.GetInt16(0)] = reader.GetInt64(1);
        return FunnelTable.Of(funnel.Definition, counts.Sessions, counts.Visitors, pending);
    }

    /// <summary>By furthest stage.</summary>
    private sealed class Counts(int stages)
    {
        public long[] Sessions { get; } = new long[stages];

        public long[] Visitors { get; } = new long[stages];

        /// <summary>Of the visitors at the edges.</summary>
        public Dictionary<string, short> Furthest { get; } = new(StringComparer.Ordinal);

        public void AddSession(string visitorId, int stage)
        {
            Sessions[stage]++;
            if (Furthest.GetValueOrDefault(visitorId) < stage)
                Furthest[visitorId] = (short)stage;
        }
    }
}
