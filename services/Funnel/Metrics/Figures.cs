using Npgsql;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Metrics;

/// <summary>The values of some metrics by key and bucket, bucket 0 being all of them.</summary>
internal sealed class Figures
{
    /// <summary>The whole of each key.</summary>
    public const string ByKey = "r.key";

    private const string ByKeyAndBucket = "GROUPING SETS ((r.key, r.bucket), (r.key))";

    private readonly IReadOnlyList<Metric.Types.Name> metrics;
    private readonly Dictionary<(int Key, int Bucket), double?[]> values = [];
    private readonly Dictionary<(int Key, int Bucket), List<Money>> revenue = [];
    private readonly bool hasSums;

    private Figures(IReadOnlyList<Metric.Types.Name> metrics, bool hasSums)
    {
        this.metrics = metrics;
        this.hasSums = hasSums;
    }

    /// <summary>Computes them; the keys are numbers.</summary>
    /// <param name="hasBuckets">By bucket, too.</param>
    /// <param name="rows">Writes the relation of the sessions.</param>
    /// <param name="sums">Writes that of their sums; null: there is none.</param>
    public static async Task<Figures> ReadAsync(
        NpgsqlConnection connection,
        IReadOnlyList<Metric.Types.Name> metrics,
        bool hasBuckets,
        Func<SqlParameters, string> rows,
        Func<SqlParameters, string>? sums,
        CancellationToken cancellationToken)
    {
        var figures = new Figures(metrics, sums is not null);
        var groups = hasBuckets ? ByKeyAndBucket : ByKey;
        var bucket = hasBuckets ? "coalesce(r.bucket, 0)" : "0";
        foreach (var part in Enumerable.Range(0, metrics.Count).Select(figures.PartOf).Distinct())
        {
            var source = part == SessionMetric.Over.Sums ? sums! : rows;
            if (part == SessionMetric.Over.Money)
                await figures.ReadRevenueAsync(connection, groups, bucket, source, cancellationToken);
            else
                await figures.ReadAsync(connection, part, groups, bucket, source, cancellationToken);
        }

        // Whether a key is there at all, when no other statement tells.
        if (metrics.All(metric => SessionMetric.Find(metric)!.Part == SessionMetric.Over.Money))
            await figures.ReadAsync(connection, SessionMetric.Over.Rows, groups, bucket, rows, cancellationToken);
        return figures;
    }

    /// <summary>Whether there are sessions of this key.</summary>
    public bool Has(int key) => values.ContainsKey((key, 0));

    /// <summary>The values of a key, in the order of the metrics.</summary>
    public IEnumerable<MetricValue> Of(int key, int bucket = 0)
    {
        var found = values.GetValueOrDefault((key, bucket));
        for (var index = 0; index < metrics.Count; index++)
        {
            var value = new MetricValue { Metric = metrics[index] };
            var metric = SessionMetric.Find(metrics[index])!;
            if (metric.Part == SessionMetric.Over.Money)
                value.Revenue.AddRange(revenue.GetValueOrDefault((key, bucket)) ?? []);
            else if (found?[index] is { } number)
                value.Value = number;
            else if (!metric.IsQuotient)
                value.Value = 0;
            yield return value;
        }
    }

    /// <summary>What metrics of a part are computed over: the relation <c>r</c>.</summary>
    /// <param name="rows">The relation of the sessions.</param>
    /// <param name="groups">What they are grouped by.</param>
    public static string Relation(SessionMetric.Over part, string rows, string groups) => part switch
    {
        // A row without any stays.
        SessionMetric.Over.LoadTimes =>
            $"({rows}) AS r LEFT JOIN LATERAL unnest(r.load_times) AS l(load) ON true",
        // Hashing visitors takes half the time that count(DISTINCT), which sorts them, does.
        SessionMetric.Over.Visitors =>
            $"""
            (SELECT r.key, r.bucket, bool_or(r.is_new) AS is_new FROM ({rows}) AS r
             GROUP BY r.person, {groups}{(groups == ByKey ? ", r.bucket" : "")}) AS r
            """,
        _ => $"({rows}) AS r",
    };

    private async Task ReadAsync(
        NpgsqlConnection connection,
        SessionMetric.Over part,
        string groups,
        string bucket,
        Func<SqlParameters, string> rows,
        CancellationToken cancellationToken)
    {
        var parameters = new SqlParameters();
        int[] indexes = [.. Enumerable.Range(0, metrics.Count).Where(index => PartOf(index) == part)];
        var columns = string.Concat(indexes.Select(index => $", {SqlOf(index, part)}"));
        var relation = Relation(part, rows(parameters), groups);
        // Visitors are grouped by visitor first, and then have the whole beside its buckets already.
        var outer = part == SessionMetric.Over.Visitors ? "1, 2" : groups;
        var sql = $"SELECT r.key, {bucket}{columns} FROM {relation} GROUP BY {outer}";
        await foreach (var row in ReportDatabase.RowsAsync(connection, parameters.ToCommand(sql), cancellationToken))
        {
            var key = (row.GetInt32(0), row.GetInt32(1));
            if (!values.TryGetValue(key, out var found))
                values[key] = found = new double?[metrics.Count];
            for (var column = 0; column < indexes.Length; column++)
                found[indexes[column]] = Sql.Double(row, column + 2);
        }
    }

    private async Task ReadRevenueAsync(
        NpgsqlConnection connection,
        string groups,
        string bucket,
        Func<SqlParameters, string> rows,
        CancellationToken cancellationToken)
    {
        var parameters = new SqlParameters();
        var sql = $"""
            SELECT r.key, {bucket}, m.currency, trim_scale(sum(m.amount::numeric))::text
            FROM ({rows(parameters)}) AS r CROSS JOIN LATERAL jsonb_each_text(r.revenue) AS m(currency, amount)
            GROUP BY m.currency, {groups} ORDER BY m.currency COLLATE "C"
            """;
        await foreach (var row in ReportDatabase.RowsAsync(connection, parameters.ToCommand(sql), cancellationToken))
        {
            var key = (row.GetInt32(0), row.GetInt32(1));
            if (!revenue.TryGetValue(key, out var money))
                revenue[key] = money = [];
            money.Add(new Money { Currency = row.GetString(2), Amount = row.GetString(3) });
        }
    }

    private SessionMetric.Over PartOf(int index) => SessionMetric.Find(metrics[index])! switch
    {
        { Total: not null } when hasSums => SessionMetric.Over.Sums,
        var metric => metric.Part,
    };

    private string SqlOf(int index, SessionMetric.Over part)
    {
        var metric = SessionMetric.Find(metrics[index])!;
        return part == SessionMetric.Over.Sums ? metric.Total! : metric.Sql;
    }
}
