using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Facts;
using SessionPlatform.Funnel.Identity;

namespace SessionPlatform.Funnel.Metrics;

/// <summary>
/// The sessions of a report as a relation, one row for each session and key: for each of its values of a dimension, or
/// for each rank that the values have in a list, 0 for all that are not in it.
/// </summary>
/// <param name="SiteId">The site.</param>
/// <param name="Span">When they started.</param>
/// <param name="Segment">Which of them.</param>
/// <param name="Zone">By which the totals of hours are; null: not all of them are by the site's.</param>
internal sealed record FactRows(string SiteId, ReportSpan Span, Segment? Segment, TimeZoneInfo? Zone)
{
    // What a page or an event adds up to instead of the session, where the dimension is of pages or of events.
    private const string PageSums = """
        count(*) AS page_views, count(p.time) AS timed_pages, sum(p.time) AS time_on_page,
                count(p.depth) AS scrolled_pages, sum(p.depth) AS scroll_depth,
                array_agg(p.load) FILTER (WHERE p.load IS NOT NULL) AS load_times
        """;

    private const string PathEnds =
        "bool_or(p.path = f.entry_page) AS is_entry, bool_or(p.path = f.exit_page) AS is_exit";

    private const string CategoryEnds =
        "bool_or(p.step = 1) AS is_entry, bool_or(p.step = cardinality(f.pages)) AS is_exit";

    private static readonly string[] PageColumns =
        ["page_views", "timed_pages", "time_on_page", "scrolled_pages", "scroll_depth", "load_times"];

    /// <summary>All sessions, under the key 1.</summary>
    public string Whole(SqlParameters parameters, DateTime[]? buckets) => Select(parameters, buckets, "1", null, "");

    /// <summary>
    /// Sums of all sessions under the key 1: of whole hours from the aggregate, of what sticks out at the ends from the
    /// sessions. Null: the segment or the buckets ask for what no sum of an hour can tell.
    /// </summary>
    public Func<SqlParameters, string>? Sums(DateTime[]? buckets)
    {
        if (Zone is null || Segment is { Filters.Count: > 0 })
            return null;
        var (first, last) = (LocalHours.Next(Span.From, Zone), LocalHours.Begin(Span.To, Zone));
        if (first >= last || !(buckets ?? []).All(begin => LocalHours.IsBegin(begin, Zone)))
            return null;
        return parameters =>
        {
            var bots = Segment is { IncludeBots: true } ? "" : "AND NOT is_bot";
            var (site, begin, end) = (parameters.Add(SiteId), parameters.Add(first), parameters.Add(last));
            var bucket = buckets is null ? "0" : $"width_bucket(s.at, {parameters.Add(buckets)}::timestamptz[])";
            return $"""
                SELECT 1 AS key, {bucket} AS bucket, s.* FROM (
                    SELECT hour AS at, {string.Join(", ", HourTotals.Columns)} FROM hour_totals
                    WHERE site_id = {site} AND hour >= {begin} AND hour < {end} AND sessions > 0 {bots}
                    UNION ALL SELECT f.started_at, {HourTotals.OfFact} FROM session_facts AS f
                    WHERE f.site_id = {site} AND f.started_at >= {parameters.Add(Span.From)}
                        AND f.started_at < {begin} {bots}
                    UNION ALL SELECT f.started_at, {HourTotals.OfFact} FROM session_facts AS f
                    WHERE f.site_id = {site} AND f.started_at >= {end}
                        AND f.started_at < {parameters.Add(Span.To)} {bots}) AS s
                """;
        };
    }

    /// <summary>By the values of a dimension.</summary>
    public string ByValue(SqlParameters parameters, Dimension.Types.Name dimension)
    {
        var found = SessionDimension.Find(dimension)!;
        return found.Parts is null
            ? Select(parameters, null, found.Value, null, "")
            : Select(parameters, null, "v.key", dimension, Parts(dimension, found, found.Value));
    }

    /// <summary>By the ranks of some values of a dimension, from 1; the others are 0.</summary>
    public string ByRank(
        SqlParameters parameters, DateTime[]? buckets, Dimension.Types.Name dimension, string[] values)
    {
        var found = SessionDimension.Find(dimension)!;
        var ranked = parameters.Add(values);
        if (found.Parts is not null)
        {
            var rank = $"coalesce(array_position({ranked}::text[], {found.Value}), 0)";
            return Select(parameters, buckets, "v.key", dimension, Parts(dimension, found, rank));
        }

        var ranks = $"""

            LEFT JOIN unnest({ranked}::text[]) WITH ORDINALITY AS k(value, rank) ON k.value = {found.Value}
            """;
        return Select(parameters, buckets, "coalesce(k.rank, 0)::int", null, ranks);
    }

    private static string Parts(Dimension.Types.Name dimension, SessionDimension found, string key)
    {
        var sums = dimension switch
        {
            Dimension.Types.Name.Path => $"{PageSums},\n        {PathEnds}",
            Dimension.Types.Name.PageCategory => $"{PageSums},\n        {CategoryEnds}",
            _ => "sum(p.happened) AS happened",
        };
        return $"""

            CROSS JOIN LATERAL (
                SELECT {key} AS key, {sums}
                FROM {found.Parts} WHERE {found.IsPart ?? "true"} GROUP BY 1) AS v
            """;
    }

    private string Select(
        SqlParameters parameters,
        DateTime[]? buckets,
        string key,
        Dimension.Types.Name? parts,
        string joins)
    {
        var isPages = parts is Dimension.Types.Name.Path or Dimension.Types.Name.PageCategory;
        var isEvents = parts is Dimension.Types.Name.EventKind or Dimension.Types.Name.EventName;
        var isConversions = parts is Dimension.Types.Name.ConversionType;
        var bucket = buckets is null ? "0" : $"width_bucket(f.started_at, {parameters.Add(buckets)}::timestamptz[])";
        var pageColumns = string.Join(", ", PageColumns.Select(column => $"{(isPages ? "v" : "f")}.{column}"));
        var persons = PersonSql.Of(parameters, SiteId, Segment);
        return $"""
            SELECT {key} AS key, {bucket} AS bucket, {persons.Person} AS person, f.user_id,
                {persons.IsNew} AS is_new, f.bounced, f.engaged,
                f.ended_at - f.started_at AS duration, f.revenue,
                f.page_views AS session_page_views, f.conversions AS session_conversions, {pageColumns},
                {(isEvents ? "v.happened" : "f.events")} AS events,
                {(isConversions ? "v.happened" : "f.conversions")} AS conversions,
                {(isPages ? "v.is_entry" : "f.entry_page IS NOT NULL")} AS is_entry,
                {(isPages ? "v.is_exit" : "f.exit_page IS NOT NULL")} AS is_exit
            FROM session_facts AS f{persons.Joins}{joins}
            WHERE {SegmentSql.Condition(parameters, SiteId, Span, Segment)}
            """;
    }
}
