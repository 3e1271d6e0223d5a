using System.Globalization;
using SessionPlatform.Funnel.Documents;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>
/// The expected aggregates of one day, summed from the contributions of its sessions. It deliberately shares no code
/// with <c>Deltas</c>, which it checks. Its memory grows with the visitors of the day.
/// </summary>
internal sealed class DaySums(DateOnly day)
{
    private readonly Dictionary<RowKey, decimal[]> rows = [];
    private readonly HashSet<string> visitors = new(StringComparer.Ordinal);

    public DateOnly Day => day;

    /// <summary>Adds the contribution of a session on this day.</summary>
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

    /// <summary>Removes and returns the expected values of a row; null when the row should not exist.</summary>
    public string[]? Take(RowKey key) => rows.Remove(key, out var sums) ? Array.ConvertAll(sums, Text) : null;

    /// <summary>Returns the rows that were not removed.</summary>
    public IEnumerable<(RowKey Key, string[] Values)> Rest() =>
        rows.Select(row => (row.Key, Array.ConvertAll(row.Value, Text)));

    private void Add(RowKey key, params ReadOnlySpan<decimal> values)
    {
        if (!rows.TryGetValue(key, out var sums))
            rows[key] = sums = new decimal[values.Length];
        for (var index = 0; index < sums.Length; index++)
            sums[index] += values[index];
    }

    /// <summary>Formats a number like trim_scale in PostgreSQL.</summary>
    private static string Text(decimal number) =>
        number == 0 ? "0" : number.ToString("0.############################", CultureInfo.InvariantCulture);
}
