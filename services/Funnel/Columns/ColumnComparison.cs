using System.Globalization;
using Npgsql;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Metrics;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Compares the copies of the facts of a day with the facts, within the transaction of the connection, by whose snapshot
/// they stand still. Copies that no report would read any more do not matter.
/// </summary>
internal sealed class ColumnComparison(
    NpgsqlConnection connection,
    SiteConfiguration configuration,
    ColumnTable table,
    ColumnMaker maker,
    TimeProvider time)
{
    /// <param name="onDifferenceAsync">Gets subject, which value, what is stored, and what should be.</param>
    /// <returns>How many columns were compared.</returns>
    public async Task<int> CompareAsync(
        DateOnly day,
        Func<string, string, string?, string?, Task> onDifferenceAsync,
        CancellationToken cancellationToken)
    {
        var compared = 0;
        var zone = configuration.TimeZone;
        // At the ends of the calendar there are no reports.
        if (day.Year <= Instants.First.Year || day.Year >= Instants.Last.Year)
            return 0;
        var span = ReportSpan.Of(new WholeDays(day, day), zone);
        foreach (var chunk in await ChunkPlan.ReadAsync(
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
                var made = await maker.MakeAsync(
                    connection, configuration.SiteId, chunk, family, cancellationToken);
                foreach (var (column, packed) in made.Where(column => stored.ContainsKey(column.Key)))
                {
                    compared++;
                    if (DifferenceOf(column.Decode(stored[column]), column.Decode(packed)) is var (field, found, expected))
                        await onDifferenceAsync(SubjectOf(column, chunk), field, found, expected);
                }
            }
        }

        return compared;
    }

    private static (string Field, string? Stored, string? Recomputed)? DifferenceOf(Array stored, Array made)
    {
        for (var index = 0; index < Math.Max(stored.Length, made.Length); index++)
        {
            var found = index < stored.Length ? stored.GetValue(index) : null;
            var expected = index < made.Length ? made.GetValue(index) : null;
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
