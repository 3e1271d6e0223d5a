namespace SessionPlatform.Funnel.Auditing;

/// <summary>
/// An aggregate table in the uniform shape that audits use: rows of a site and day, keyed by funnel, text (a visitor or
/// a currency) and stage. Tables without some of these keys use default values. All values are text.
/// </summary>
internal sealed class AggregateTable
{
    private AggregateTable(string name, string[] values, string select, string set, string delete)
    {
        Name = name;
        Values = values;
        Select = select;
        Set = set;
        Delete = delete;
    }

    public static AggregateTable DayTotals { get; } = new(
        "day_totals",
        [
            "sessions", "visitors", "page_views", "bounces", "engaged", "converted_sessions", "conversions",
            "duration_microseconds",
        ],
        """
        SELECT 0, '', 0::smallint, ARRAY[sessions, visitors, page_views, bounces, engaged, converted_sessions,
            conversions, duration_microseconds]::text[]
        FROM day_totals WHERE site_id = $1 AND day = $2
        """,
        """
        INSERT INTO day_totals (site_id, day, sessions, visitors, page_views, bounces, engaged, converted_sessions,
            conversions, duration_microseconds)
        SELECT $1, $2, v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8] FROM (SELECT $6::bigint[]) AS k(v)
        ON CONFLICT (site_id, day) DO UPDATE SET
            sessions = excluded.sessions, visitors = excluded.visitors, page_views = excluded.page_views,
            bounces = excluded.bounces, engaged = excluded.engaged, converted_sessions = excluded.converted_sessions,
            conversions = excluded.conversions, duration_microseconds = excluded.duration_microseconds
        """,
        "DELETE FROM day_totals WHERE site_id = $1 AND day = $2");

    public static AggregateTable DayRevenue { get; } = new(
        "day_revenue",
        ["sessions", "amount"],
        """
        SELECT 0, currency, 0::smallint, ARRAY[sessions::text, trim_scale(amount)::text]
        FROM day_revenue WHERE site_id = $1 AND day = $2
        """,
        """
        INSERT INTO day_revenue (site_id, day, currency, sessions, amount)
        SELECT $1, $2, $4, v[1]::bigint, v[2]::numeric FROM (SELECT $6::text[]) AS k(v)
        ON CONFLICT (site_id, day, currency) DO UPDATE SET
            sessions = excluded.sessions, amount = excluded.amount
        """,
        "DELETE FROM day_revenue WHERE site_id = $1 AND day = $2 AND currency = $4");

    public static AggregateTable DayVisitors { get; } = new(
        "day_visitors",
        ["sessions"],
        """
        SELECT 0, visitor_id, 0::smallint, ARRAY[sessions]::text[] FROM day_visitors WHERE site_id = $1 AND day = $2
        """,
        """
        INSERT INTO day_visitors (site_id, day, visitor_id, sessions)
        SELECT $1, $2, $4, v[1] FROM (SELECT $6::int[]) AS k(v)
        ON CONFLICT (site_id, day, visitor_id) DO UPDATE SET sessions = excluded.sessions
        """,
        "DELETE FROM day_visitors WHERE site_id = $1 AND day = $2 AND visitor_id = $4");

    public static AggregateTable FunnelDays { get; } = new(
        "funnel_days",
        ["sessions"],
        """
        SELECT funnel_id, '', stage, ARRAY[sessions]::text[] FROM funnel_days WHERE site_id = $1 AND day = $2
        """,
        """
        INSERT INTO funnel_days (site_id, funnel_id, day, stage, sessions)
        SELECT $1, $3, $2, $5, v[1] FROM (SELECT $6::bigint[]) AS k(v)
        ON CONFLICT (site_id, funnel_id, day, stage) DO UPDATE SET sessions = excluded.sessions
        """,
        "DELETE FROM funnel_days WHERE site_id = $1 AND day = $2 AND funnel_id = $3 AND stage = $5");

    public static AggregateTable FunnelVisitors { get; } = new(
        "funnel_visitors",
        ["sessions"],
        """
        SELECT funnel_id, visitor_id, stage, ARRAY[sessions]::text[]
        FROM funnel_visitors WHERE site_id = $1 AND day = $2
        """,
        """
        INSERT INTO funnel_visitors (site_id, funnel_id, day, visitor_id, stage, sessions)
        SELECT $1, $3, $2, $4, $5, v[1] FROM (SELECT $6::int[]) AS k(v)
        ON CONFLICT (site_id, funnel_id, day, visitor_id, stage) DO UPDATE SET sessions = excluded.sessions
        """,
        """
        DELETE FROM funnel_visitors
        WHERE site_id = $1 AND day = $2 AND funnel_id = $3 AND visitor_id = $4 AND stage = $5
        """);

    public static IReadOnlyList<AggregateTable> All { get; } =
        [DayTotals, DayRevenue, DayVisitors, FunnelDays, FunnelVisitors];

    public string Name { get; }

    /// <summary>The names of the columns that hold sums.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>The statement that selects funnel, text, stage and values of site $1 and day $2.</summary>
    public string Select { get; }

    /// <summary>The upsert of site $1, day $2, funnel $3, text $4, stage $5, values $6.</summary>
    public string Set { get; }

    /// <summary>The deletion of site $1, day $2, funnel $3, text $4, stage $5.</summary>
    public string Delete { get; }
}

/// <summary>The key of a row within a day.</summary>
internal readonly record struct RowKey(AggregateTable Table, int Funnel = 0, string Text = "", short Stage = 0);
