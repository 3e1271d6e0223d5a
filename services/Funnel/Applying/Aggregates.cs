using Npgsql;
using SessionPlatform.Funnel.Database;

namespace SessionPlatform.Funnel.Applying;

/// <summary>
/// Adds deltas to the aggregate tables. To prevent deadlocks, tables are always written in the same order, and rows in
/// the order of their keys. Tables with rows that every batch needs come last, so that these are locked only briefly.
/// </summary>
internal static class Aggregates
{
    /// <summary>Returns the statements that add all deltas other than zero.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Add(Deltas deltas)
    {
        var funnelVisitors = deltas.FunnelVisitors.Where(delta => delta.Value != 0).ToArray();
        if (funnelVisitors.Length > 0)
            yield return FunnelVisitors(AddFunnelVisitors, funnelVisitors);
        if (funnelVisitors.Any(delta => delta.Value < 0))
            yield return FunnelVisitors(SweepFunnelVisitors, [.. funnelVisitors.Where(delta => delta.Value < 0)]);

        var visitors = deltas.Visitors.Where(delta => delta.Value != 0).ToArray();
        if (visitors.Length > 0 || deltas.Days.Values.Any(delta => !delta.IsZero))
            yield return AddDays(visitors, [.. deltas.Days]);
        if (visitors.Any(delta => delta.Value < 0))
            yield return SweepVisitors([.. visitors.Where(delta => delta.Value < 0)]);

        if (deltas.Revenue.Where(delta => !delta.Value.IsZero).ToArray() is { Length: > 0 } revenue)
            yield return AddRevenue(revenue);
        // When one visitor reached a stage and another left it, the sum stays the same, yet the day changed.
        var stages = funnelVisitors
            .Select(delta => (delta.Key.SiteId, delta.Key.FunnelId, delta.Key.Day, delta.Key.Stage)).ToHashSet();
        if (stages.Count > 0)
            yield return AddFunnelDays([.. deltas.FunnelDays.Where(delta => stages.Contains(delta.Key))]);
        if (deltas.Versions.Where(delta => delta.Value != 0).ToArray() is { Length: > 0 } versions)
            yield return AddVersions(versions);
    }

    private const string AddFunnelVisitors = """
        INSERT INTO funnel_visitors AS f (site_id, funnel_id, day, visitor_id, stage, sessions)
        SELECT * FROM unnest($1::text[], $2::int[], $3::date[], $4::text[], $5::smallint[], $6::int[])
            AS k(site_id, funnel_id, day, visitor_id, stage, sessions)
        ORDER BY site_id COLLATE "C", funnel_id, day, visitor_id COLLATE "C", stage
        ON CONFLICT (site_id, funnel_id, day, visitor_id, stage) DO UPDATE SET sessions = f.sessions + excluded.sessions
        """;

    private const string SweepFunnelVisitors = """
        DELETE FROM funnel_visitors AS f
        USING unnest($1::text[], $2::int[], $3::date[], $4::text[], $5::smallint[], $6::int[])
            AS k(site_id, funnel_id, day, visitor_id, stage, sessions)
        WHERE f.site_id = k.site_id AND f.funnel_id = k.funnel_id AND f.day = k.day
            AND f.visitor_id = k.visitor_id AND f.stage = k.stage AND f.sessions = 0
        """;

    private static NpgsqlBatchCommand FunnelVisitors(
        string sql,
        KeyValuePair<(string SiteId, int FunnelId, DateOnly Day, string VisitorId, short Stage), int>[] deltas) =>
        Sql.Command(
            sql,
            Array.ConvertAll(deltas, delta => delta.Key.SiteId),
            Array.ConvertAll(deltas, delta => delta.Key.FunnelId),
            Array.ConvertAll(deltas, delta => delta.Key.Day),
            Array.ConvertAll(deltas, delta => delta.Key.VisitorId),
            Array.ConvertAll(deltas, delta => delta.Key.Stage),
            Array.ConvertAll(deltas, delta => delta.Value));

    /// <summary>
    /// Adds the totals of days. Their number of visitors depends on rows of visitors that must be locked first: it
    /// changes with the first session of a visitor on a day, and when the last one is removed.
    /// </summary>
    private static NpgsqlBatchCommand AddDays(
        KeyValuePair<(string SiteId, DateOnly Day, string VisitorId), int>[] visitors,
        KeyValuePair<(string SiteId, DateOnly Day), Deltas.DayDelta>[] days)
    {
        const string sql = """
            WITH delta AS MATERIALIZED (
                SELECT * FROM unnest($1::text[], $2::date[], $3::text[], $4::int[])
                    AS k(site_id, day, visitor_id, sessions)
                ORDER BY site_id COLLATE "C", day, visitor_id COLLATE "C"
            ), added AS (
                INSERT INTO day_visitors AS v (site_id, day, visitor_id, sessions)
                SELECT * FROM delta
                ON CONFLICT (site_id, day, visitor_id) DO UPDATE SET sessions = v.sessions + excluded.sessions
                RETURNING site_id, day, visitor_id, sessions
            ), counted AS (
                SELECT site_id, day,
                    sum((added.sessions > 0)::int - (added.sessions - delta.sessions > 0)::int) AS visitors
                FROM added JOIN delta USING (site_id, day, visitor_id)
                GROUP BY site_id, day
            )
            INSERT INTO day_totals AS t (site_id, day, visitors, sessions, page_views, bounces, engaged,
                converted_sessions, conversions, duration_microseconds)
            SELECT k.site_id, k.day, coalesce(c.visitors, 0), k.sessions, k.page_views, k.bounces, k.engaged,
                k.converted_sessions, k.conversions, k.duration_microseconds
            FROM unnest($5::text[], $6::date[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
                $12::bigint[], $13::bigint[]) AS k(site_id, day, sessions, page_views, bounces, engaged,
                converted_sessions, conversions, duration_microseconds)
            LEFT JOIN counted AS c USING (site_id, day)
            ORDER BY k.site_id COLLATE "C", k.day
            ON CONFLICT (site_id, day) DO UPDATE SET
                visitors = t.visitors + excluded.visitors,
                sessions = t.sessions + excluded.sessions,
                page_views = t.page_views + excluded.page_views,
                bounces = t.bounces + excluded.bounces,
                engaged = t.engaged + excluded.engaged,
                converted_sessions = t.converted_sessions + excluded.converted_sessions,
                conversions = t.conversions + excluded.conversions,
                duration_microseconds = t.duration_microseconds + excluded.duration_microseconds
            """;
        return Sql.Command(
            sql,
            Array.ConvertAll(visitors, delta => delta.Key.SiteId),
            Array.ConvertAll(visitors, delta => delta.Key.Day),
            Array.ConvertAll(visitors, delta => delta.Key.VisitorId),
            Array.ConvertAll(visitors, delta => delta.Value),
            Array.ConvertAll(days, delta => delta.Key.SiteId),
            Array.ConvertAll(days, delta => delta.Key.Day),
            Array.ConvertAll(days, delta => delta.Value.Sessions),
            Array.ConvertAll(days, delta => delta.Value.PageViews),
            Array.ConvertAll(days, delta => delta.Value.Bounces),
            Array.ConvertAll(days, delta => delta.Value.Engaged),
            Array.ConvertAll(days, delta => delta.Value.ConvertedSessions),
            Array.ConvertAll(days, delta => delta.Value.Conversions),
            Array.ConvertAll(days, delta => delta.Value.DurationMicroseconds));
    }

    private static NpgsqlBatchCommand SweepVisitors(
        KeyValuePair<(string SiteId, DateOnly Day, string VisitorId), int>[] deltas)
    {
        const string sql = """
            DELETE FROM day_visitors AS v
            USING unnest($1::text[], $2::date[], $3::text[]) AS k(site_id, day, visitor_id)
            WHERE v.site_id = k.site_id AND v.day = k.day AND v.visitor_id = k.visitor_id AND v.sessions = 0
            """;
        return Sql.Command(
            sql,
            Array.ConvertAll(deltas, delta => delta.Key.SiteId),
            Array.ConvertAll(deltas, delta => delta.Key.Day),
            Array.ConvertAll(deltas, delta => delta.Key.VisitorId));
    }

    private static NpgsqlBatchCommand AddRevenue(
        KeyValuePair<(string SiteId, DateOnly Day, string Currency), Deltas.RevenueDelta>[] deltas)
    {
        const string sql = """
            INSERT INTO day_revenue AS r (site_id, day, currency, sessions, amount)
            SELECT * FROM unnest($1::text[], $2::date[], $3::text[], $4::bigint[], $5::numeric[])
                AS k(site_id, day, currency, sessions, amount)
            ORDER BY site_id COLLATE "C", day, currency COLLATE "C"
            ON CONFLICT (site_id, day, currency) DO UPDATE SET
                sessions = r.sessions + excluded.sessions, amount = r.amount + excluded.amount
            """;
        return Sql.Command(
            sql,
            Array.ConvertAll(deltas, delta => delta.Key.SiteId),
            Array.ConvertAll(deltas, delta => delta.Key.Day),
            Array.ConvertAll(deltas, delta => delta.Key.Currency),
            Array.ConvertAll(deltas, delta => delta.Value.Sessions),
            Array.ConvertAll(deltas, delta => delta.Value.Amount));
    }

    private static NpgsqlBatchCommand AddFunnelDays(
        KeyValuePair<(string SiteId, int FunnelId, DateOnly Day, short Stage), int>[] deltas)
    {
        const string sql = """
            INSERT INTO funnel_days AS f (site_id, funnel_id, day, stage, sessions)
            SELECT * FROM unnest($1::text[], $2::int[], $3::date[], $4::smallint[], $5::int[])
                AS k(site_id, funnel_id, day, stage, sessions)
            ORDER BY site_id COLLATE "C", funnel_id, day, stage
            ON CONFLICT (site_id, funnel_id, day, stage) DO UPDATE SET
                sessions = f.sessions + excluded.sessions, changes = f.changes + 1
            """;
        return Sql.Command(
            sql,
            Array.ConvertAll(deltas, delta => delta.Key.SiteId),
            Array.ConvertAll(deltas, delta => delta.Key.FunnelId),
            Array.ConvertAll(deltas, delta => delta.Key.Day),
            Array.ConvertAll(deltas, delta => delta.Key.Stage),
            Array.ConvertAll(deltas, delta => delta.Value));
    }

    private static NpgsqlBatchCommand AddVersions(KeyValuePair<(string SiteId, int Version), int>[] deltas)
    {
        const string sql = """
            INSERT INTO counted_versions AS c (site_id, version, sessions)
            SELECT * FROM unnest($1::text[], $2::int[], $3::int[]) AS k(site_id, version, sessions)
            ORDER BY site_id COLLATE "C", version
            ON CONFLICT (site_id, version) DO UPDATE SET sessions = c.sessions + excluded.sessions
            """;
        return Sql.Command(
            sql,
            Array.ConvertAll(deltas, delta => delta.Key.SiteId),
            Array.ConvertAll(deltas, delta => delta.Key.Version),
            Array.ConvertAll(deltas, delta => delta.Value));
    }
}
