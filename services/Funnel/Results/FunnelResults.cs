using Grpc.Core;
using Npgsql;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Periods;

namespace SessionPlatform.Funnel.Results;

/// <summary>
/// Computes funnel results: whole days from the aggregates, partial days at the ends of the range from sessions. A
/// visitor counts once, by the furthest stage in the whole range.
/// </summary>
internal sealed class FunnelResults(ReportDatabase database, FunnelVisitors visitors)
{
    /// <summary>
    /// Returns the result of the sessions that started in [from, to); null when there is no such funnel.
    /// </summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the query takes too long.</exception>
    public Task<GetFunnelResultResponse?> GetAsync(
        string siteId, string name, DateTime? from, DateTime? to, CancellationToken cancellationToken) =>
        // One snapshot for all statements: configuration and counts change together.
        database.ReadAsync(
            async (connection, token) =>
            {
                var configuration = await ConfigurationSql.LoadAsync(connection, siteId, token);
                var found = configuration?.Funnels.FirstOrDefault(candidate => candidate.Definition.Name == name);
                return found is { } funnel
                    ? await GetAsync(connection, siteId, funnel, DayRange.Of(from, to, configuration!.TimeZone), token)
                    : null;
            },
            cancellationToken);

    private async Task<GetFunnelResultResponse?> GetAsync(
        NpgsqlConnection connection,
        string siteId,
        SiteFunnel funnel,
        DayRange range,
        CancellationToken cancellationToken)
    {
        var sessions = new long[funnel.Definition.Steps.Count + 1];
        var (pending, days) = await AddDaysAsync(connection, siteId, funnel, range, sessions, cancellationToken);
        var furthest = await visitors.ReadAsync(connection, siteId, funnel.Id, days, cancellationToken);
        var edges = range.Edges().ToList();
        if (edges.Count > 0)
            furthest = furthest.Copy();
        foreach (var edge in edges)
            await AddEdgeAsync(connection, siteId, funnel.Id, range, edge, sessions, furthest, cancellationToken);
        return FunnelTable.Of(funnel.Definition, sessions, furthest.CountBy(sessions.Length), pending);
    }

    private async Task AddEdgeAsync(
        NpgsqlConnection connection,
        string siteId,
        int funnelId,
        DayRange range,
        (DateTime From, DateTime To) edge,
        long[] sessions,
        FurthestStages furthest,
        CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT visitor_id, started_at, contribution FROM session_documents
            WHERE site_id = $1 AND started_at >= $2 AND started_at < $3 AND NOT retracted
            """;
        var reached = new List<(string VisitorId, byte Stage)>();
        var command = Sql.Command(sql, siteId, edge.From, edge.To);
        await foreach (var row in ReportDatabase.RowsAsync(connection, command, cancellationToken))
        {
            var contribution = Contribution.Parser.ParseFrom(Sql.Bytes(row, 2));
            if (!range.IsEdge(row.GetDateTime(1), DateOnly.FromDayNumber(contribution.Day)))
                continue;
            foreach (var reach in contribution.Reaches.Where(reach => reach.FunnelId == funnelId))
            {
                sessions[reach.Stage]++;
                reached.Add((row.GetString(0), (byte)reach.Stage));
            }
        }

        var numbers = await visitors.NumbersOfAsync(
            siteId, reached.Select(visitor => visitor.VisitorId), cancellationToken);
        foreach (var (visitorId, stage) in reached)
            furthest.Add(numbers[visitorId], stage);
    }

    private static async Task<(long Pending, List<FunnelDay> Days)> AddDaysAsync(
        NpgsqlConnection connection,
        string siteId,
        SiteFunnel funnel,
        DayRange range,
        long[] sessions,
        CancellationToken cancellationToken)
    {
        const string pendingSql = """
            SELECT coalesce(sum(sessions), 0)::bigint FROM counted_versions WHERE site_id = $1 AND version < $2
            """;
        const string daysSql = """
            SELECT day, stage, sessions, changes FROM funnel_days
            WHERE site_id = $1 AND funnel_id = $2 AND day BETWEEN $3 AND $4
            """;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(pendingSql, siteId, funnel.Since));
        batch.BatchCommands.Add(Sql.Command(daysSql, siteId, funnel.Id, range.FirstDay, range.LastDay));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var pending = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        var changes = new Dictionary<DateOnly, long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var day = Sql.Date(reader, 0)!.Value;
            changes[day] = changes.GetValueOrDefault(day) + reader.GetInt64(3);
            sessions[reader.GetInt16(1)] += reader.GetInt64(2);
        }

        return (pending, [.. changes.Select(day => new FunnelDay(day.Key, day.Value))]);
    }
}
