using System.Globalization;
using SessionPlatform.Funnel.Contributions;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>
/// What the aggregates of one day must say, summed up from what each session counts as. Deliberately not the code that
/// keeps them. Grows with the visitors of the day.
/// </summary>
internal sealed class DaySums(DateOnly day)
{
    private readonly Dictionary<RowKey, decimal[]> rows = [];
    private readonly HashSet<string> visitors = new(StringComparer.Ordinal);

    public DateOnly Day => day;

    /// <summary>Adds a session that counts on this day.</summary>
    public void Add(string visitorId, Contribution contribution)
    {
        var isFirst = visitors.Add(visitorId);
        Add(
            new RowKey(AggregateTable.DayTotals),
            1,
            isFirst ? 1 : 0,
            contribution.PageViews,
            contribution.Bounced ? 1 : 0,
            contribution.Engaged ? 1 : 0,
            contribution.Conversions > 0 ? 1 : 0,
            contribution.Conversions,
            contribution.DurationMicroseconds);
        Add(new RowKey(AggregateTable.DayVisitors, Text: visitorId), 1);
        foreach (var sum in contribution.Revenue)
        {
            var amount = decimal.Parse(sum.Amount, CultureInfo.InvariantCulture);
            Add(new RowKey(AggregateTable.DayRevenue, Text: sum.Currency), 1, amount);
        }

        foreach (var reach in contribution.Reaches)
        {
            var stage = (short)reach.Stage;
            Add(new RowKey(AggregateTable.FunnelDays, reach.FunnelId, Stage: stage), 1);
            Add(new RowKey(AggregateTable.FunnelVisitors, reach.FunnelId, visitorId, stage), 1);
        }
    }

    /// <summary>What the row must say; null: it should not be there. Once asked for, it is not among the rest.</summary>
    public string[]? Take(RowKey key) => rows.Remove(key, out var sums) ? Array.ConvertAll(sums, Text) : null;

    /// <summary>The rows that were not taken.</summary>
    public IEnumerable<(RowKey Key, string[] Values)> Rest() =>
        rows.Select(row => (row.Key, Array.ConvertAll(row.Value, Text)));

    private void Add(RowKey key, params ReadOnlySpan<decimal> values)
    {
        if (!rows.TryGetValue(key, out var sums))
            rows[key] = sums = new decimal[values.Length];
        for (var index = 0; index < sums.Length; index++)
            sums[index] += values[index];
    }

    /// <summary>As PostgreSQL writes a number without trailing zeros.</summary>
    private static string Text(decimal number) =>
        number == 0 ? "0" : number.ToString("0.############################", CultureInfo.InvariantCulture);
}
