using System.Globalization;
using Npgsql;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Metrics;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Compares the stored columns of a day with columns rebuilt from the facts, in the snapshot of the connection's
/// transaction. Columns of an old version, which no report reads, are not compared.
/// </summary>
internal sealed class ColumnComparison(
    NpgsqlConnection connection,
    SiteConfiguration configuration,
    ColumnTable table,
    ColumnBuilder builder,
    TimeProvider time)
{
    /// <param name="onDifferenceAsync">Receives the subject, which value differs, the stored and the right
    /// value.</param>
    /// <returns>How many columns were compared.</returns>
    public async Task<int> CompareAsync(
        DateOnly day,
        Func<string, string, string?, string?, Task> onDifferenceAsync,
        CancellationToken cancellationToken)
    {
        var compared = 0;
        var zone = configuration.TimeZone;
        // Reports do not reach the first and the last year of the calendar.
        if (day.Year <= Instants.First.Year || day.Year >= Instants.Last.Year)
            return 0;
        var span = ReportSpan.Of(new WholeDays(day, day), zone);
        foreach (var chunk in await ScanPlanner.ReadAsync(
            connection, configuration.SiteId, span, zone, time.GetUtcNow().UtcDateTime, cancellationToken))
        {
            var stored = new Dictionary<Column, byte[]>();
            await table.ReadAsync(
                configuration.SiteId,
                [.. FactColumns.All.Select(column => (chunk, column))],
                (_, column, packed) => stored[column] = packed,
                cancellationToken);
            foreach (var family in stored.Keys.Select(column => column.Family).Distinct().ToList())
            {
                var built = await builder.BuildAsync(
                    connection, configuration.SiteId, chunk, family, cancellationToken);
                foreach (var (column, packed) in built.Where(column => stored.ContainsKey(column.Key)))
                {
                    compared++;
                    var difference = DifferenceOf(column.Decode(stored[column]), column.Decode(packed));
                    if (difference is var (field, found, expected))
                        await onDifferenceAsync(SubjectOf(column, chunk), field, found, expected);
                }
            }
        }

        return compared;
    }

    private static (string Field, string? Stored, string? Recomputed)? DifferenceOf(Array stored, Array rebuilt)
    {
        for (var index = 0; index < Math.Max(stored.Length, rebuilt.Length); index++)
        {
            var found = index < stored.Length ? stored.GetValue(index) : null;
            var expected = index < rebuilt.Length ? rebuilt.GetValue(index) : null;
            if (!Equals(found, expected))
                return (string.Create(CultureInfo.InvariantCulture, $"value {index}"), Text(found), Text(expected));
        }

        return null;
    }

    private static string? Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture);

    private static string SubjectOf(Column column, PlannedChunk chunk)
    {
        var hour = chunk.FirstHour.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return $"fact_columns {column.Name} {hour}";
    }
}
