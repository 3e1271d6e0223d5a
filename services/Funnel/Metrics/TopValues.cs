using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Funnel.Metrics;

/// <summary>Finds the values of a dimension that have most of a metric.</summary>
internal static class TopValues
{
    /// <summary>Greatest first, then by value.</summary>
    public static async Task<string[]> ReadAsync(
        NpgsqlConnection connection,
        FactRows rows,
        Dimension.Types.Name dimension,
        Metric.Types.Name metric,
        int limit,
        CancellationToken cancellationToken)
    {
        var parameters = new SqlParameters();
        var found = SessionMetric.Find(metric)!;
        var relation = Figures.Relation(found.Part, rows.ByValue(parameters, dimension), Figures.ByKey);
        var sql = $"""
            SELECT r.key FROM {relation} GROUP BY r.key
            ORDER BY {found.Sql} DESC NULLS LAST, r.key COLLATE "C" LIMIT {parameters.Add(limit)}
            """;
        var values = new List<string>();
        await foreach (var row in ReportDatabase.RowsAsync(connection, parameters.ToCommand(sql), cancellationToken))
            values.Add(row.GetString(0));
        return [.. values];
    }
}
