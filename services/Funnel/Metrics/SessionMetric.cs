using System.Collections.Frozen;
using static SessionPlatform.Contracts.Metrics.V1.Metric.Types;

namespace SessionPlatform.Funnel.Metrics;

/// <summary>A metric in SQL, over rows <c>r</c> of <see cref="FactRows"/>.</summary>
/// <param name="Sql">An aggregate, a double.</param>
/// <param name="IsQuotient">Absent where there are no rows, else 0.</param>
/// <param name="Part">What of the rows it is over, where it is not the rows themselves.</param>
/// <param name="Total">The same over rows of sums, see <see cref="FactRows.Sums"/>; null: it is no sum.</param>
internal sealed record SessionMetric(
    string Sql, bool IsQuotient, SessionMetric.Over Part = SessionMetric.Over.Rows, string? Total = null)
{
    private const string Entries = "count(*) FILTER (WHERE r.is_entry)";
    private const string Exits = "count(*) FILTER (WHERE r.is_exit)";
    private const string Engaged = "count(*) FILTER (WHERE r.engaged)";
    private const string Bounces = "count(*) FILTER (WHERE r.bounced)";
    private const string Converted = "count(*) FILTER (WHERE r.session_conversions > 0)";
    private const string NewVisitors = "count(*) FILTER (WHERE r.is_new)";

    private static readonly FrozenDictionary<Name, SessionMetric> All = new Dictionary<Name, SessionMetric>
    {
        [Name.PageViews] = Count("sum(r.page_views)", "page_views"),
        [Name.Events] = Count("sum(r.events)", "events"),
        [Name.Sessions] = Count("count(*)", "sessions"),
        [Name.Visitors] = Visitors("count(*)"),
        [Name.Users] = Count("count(DISTINCT r.user_id)"),
        [Name.NewVisitors] = Visitors(NewVisitors),
        [Name.ReturningVisitors] = Visitors($"(count(*) - {NewVisitors})"),
        [Name.EngagedSessions] = Count(Engaged, "engaged"),
        [Name.EngagementRate] = Quotient(Engaged, "count(*)", ("engaged", "sessions")),
        [Name.Bounces] = Count(Bounces, "bounces"),
        [Name.BounceRate] = Quotient(Bounces, "count(*)", ("bounces", "sessions")),
        [Name.SessionsUnder30S] = Count("count(*) FILTER (WHERE r.duration < interval '30 seconds')", "under_30s"),
        [Name.SessionsOver10M] = Count("count(*) FILTER (WHERE r.duration > interval '10 minutes')", "over_10m"),
        // A sum of intervals is exact.
        [Name.AverageDuration] = Quotient(
            "date_part('epoch', sum(r.duration))", "count(*)", ("duration_microseconds / 1000000.0", "sessions")),
        [Name.MedianDuration] = Duration(0.5),
        [Name.DurationP90] = Duration(0.9),
        [Name.DurationP99] = Duration(0.99),
        [Name.PagesPerSession] = Quotient("sum(r.session_page_views)", "count(*)", ("page_views", "sessions")),
        [Name.Conversions] = Count("sum(r.conversions)", "conversions"),
        [Name.ConvertedSessions] = Count(Converted, "converted_sessions"),
        [Name.ConversionRate] = Quotient(Converted, "count(*)", ("converted_sessions", "sessions")),
        [Name.Revenue] = new("", IsQuotient: false, Over.Money),
        [Name.AverageTimeOnPage] = Quotient(
            "sum(r.time_on_page) / 1000000.0", "sum(r.timed_pages)", ("time_on_page / 1000000.0", "timed_pages")),
        [Name.AverageScrollDepth] = Quotient("sum(r.scroll_depth)", "sum(r.scrolled_pages)"),
        [Name.LoadTimeP90] = new(
            "percentile_cont(0.9) WITHIN GROUP (ORDER BY l.load)", IsQuotient: true, Over.LoadTimes),
        [Name.Entries] = Count(Entries, "entries"),
        [Name.Exits] = Count(Exits, "exits"),
        [Name.ExitRate] = Quotient(Exits, "sum(r.page_views)", ("exits", "page_views")),
    }.ToFrozenDictionary();

    /// <summary>What is aggregated.</summary>
    public enum Over
    {
        /// <summary>Sessions, by key.</summary>
        Rows,

        /// <summary>Sums of sessions by hour.</summary>
        Sums,

        /// <summary>Their visitors, or users, each once.</summary>
        Visitors,

        /// <summary>Their load times.</summary>
        LoadTimes,

        /// <summary>Their revenue, by currency.</summary>
        Money,
    }

    /// <summary>Null: there is no such metric.</summary>
    public static SessionMetric? Find(Name name) => All.GetValueOrDefault(name);

    private static SessionMetric Count(string sql, string? total = null) => new(
        $"{sql}::double precision",
        IsQuotient: false,
        Total: total is null ? null : $"sum(r.{total})::double precision");

    private static SessionMetric Visitors(string sql) =>
        new($"{sql}::double precision", IsQuotient: false, Over.Visitors);

    private static SessionMetric Quotient(string sum, string count, (string Sum, string Count)? total = null) => new(
        Divided(sum, count),
        IsQuotient: true,
        Total: total is { } sums ? Divided(SumOf(sums.Sum), SumOf(sums.Count)) : null);

    private static string Divided(string sum, string count) =>
        $"({sum})::double precision / nullif(({count})::double precision, 0)";

    // A factor may follow the name of the sum.
    private static string SumOf(string sum) => sum.Split(' ', 2) is [var name, var factor]
        ? $"sum(r.{name}) {factor}"
        : $"sum(r.{sum})";

    private static SessionMetric Duration(double fraction) => new(
        FormattableString.Invariant(
            $"percentile_cont({fraction}) WITHIN GROUP (ORDER BY date_part('epoch', r.duration))"),
        IsQuotient: true);
}
