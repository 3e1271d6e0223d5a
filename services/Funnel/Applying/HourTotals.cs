namespace SessionPlatform.Funnel.Applying;

/// <summary>The columns of <c>hour_totals</c>, each a sum of an expression over <c>session_facts</c>.</summary>
internal static class HourTotals
{
    private static readonly (string Column, string Fact)[] Sums =
    [
        ("sessions", "1"),
        ("page_views", "f.page_views"),
        ("events", "f.events"),
        ("engaged", "f.engaged::int"),
        ("bounces", "f.bounced::int"),
        ("under_30s", "(f.ended_at - f.started_at < interval '30 seconds')::int"),
        ("over_10m", "(f.ended_at - f.started_at > interval '10 minutes')::int"),
        ("duration_microseconds", "(date_part('epoch', f.ended_at - f.started_at) * 1000000)::bigint"),
        ("conversions", "f.conversions"),
        ("converted_sessions", "(f.conversions > 0)::int"),
        ("entries", "(f.entry_page IS NOT NULL)::int"),
        ("exits", "(f.exit_page IS NOT NULL)::int"),
        ("time_on_page", "f.time_on_page"),
        ("timed_pages", "f.timed_pages"),
    ];

    /// <summary>The names of the columns.</summary>
    public static IReadOnlyList<string> Columns { get; } = [.. Sums.Select(sum => sum.Column)];

    /// <summary>The select list of the values that a row <c>f</c> of <c>session_facts</c> adds.</summary>
    public static string OfFact { get; } = string.Join(", ", Sums.Select(sum => $"{sum.Fact} AS {sum.Column}"));

    /// <summary>The select list of the sums over rows of <see cref="OfFact"/>.</summary>
    public static string Summed { get; } =
        string.Join(", ", Columns.Select(column => $"sum({column})::bigint AS {column}"));

    /// <summary>
    /// The statement that adds the rows of the relation <c>changed</c> (site_id, started_hour, is_bot, the sums, and a
    /// sign), and increments the change counter even when no sum differs. Rows are locked in the order of their keys.
    /// </summary>
    public static string Add { get; } =
        $"""
        INSERT INTO hour_totals AS t (site_id, hour, is_bot, {string.Join(", ", Columns)})
        SELECT site_id, started_hour, is_bot,
            {string.Join(", ", Columns.Select(column => $"sum(sign * {column})::bigint AS {column}"))}
        FROM changed GROUP BY site_id, started_hour, is_bot
        ORDER BY site_id COLLATE "C", started_hour, is_bot
        ON CONFLICT (site_id, hour, is_bot) DO UPDATE SET changes = t.changes + 1,
            {string.Join(", ", Columns.Select(column => $"{column} = t.{column} + excluded.{column}"))}
        """;
}
