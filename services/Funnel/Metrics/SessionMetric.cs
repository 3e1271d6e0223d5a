using System.Collections.Frozen;
using static SessionPlatform.Contracts.Metrics.V1.Metric.Types;

namespace SessionPlatform.Funnel.Metrics;

/// <summary>A metric in SQL, over rows <c>r</c> of <see cref="FactRows"/>.</summary>
/// <param name="Sql">An aggregate, a double.</param>
/// <param name="IsQuotient">Absent where there are no rows, else 0.</param>
/// <param name="Part">What of the rows it is over, where it is not the rows themselves.</param>
internal sealed record SessionMetric(string Sql, bool IsQuotient, SessionMetric.Over Part = SessionMetric.Over.Rows)
{
    private const string Entries = "count(*) FILTER (WHERE r.is_entry)";
    private const string Exits = "count(*) FILTER (WHERE r.is_exit)";
    private const string Engaged = "count(*) FILTER (WHERE r.engaged)";
    private const string Bounces = "count(*) FILTER (WHERE r.bounced)";
    private const string Converted = "count(*) FILTER (WHERE r.session_conversions > 0)";
    private const string Visitors = "count(DISTINCT r.visitor_id)";
    private const string NewVisitors = "count(DISTINCT r.visitor_id) FILTER (WHERE r.is_new)";

    private static readonly FrozenDictionary<Name, SessionMetric> All = new Dictionary<Name, SessionMetric>
    {
        [Name.PageViews] = Count("sum(r.page_views)"),
        [Name.Events] = Count("sum(r.events)"),
        [Name.Sessions] = Count("count(*)"),
        [Name.Visitors] = Count(Visitors),
        [Name.Users] = Count("count(DISTINCT r.user_id)"),
        [Name.NewVisitors] = Count(NewVisitors),
        [Name.ReturningVisitors] = Count($"({Visitors} - {NewVisitors})"),
        [Name.EngagedSessions] = Count(Engaged),
        [Name.EngagementRate] = Quotient(Engaged, "count(*)"),
        [Name.Bounces] = Count(Bounces),
        [Name.BounceRate] = Quotient(Bounces, "count(*)"),
        [Name.SessionsUnder30S] = Count("count(*) FILTER (WHERE r.duration < interval '30 seconds')"),
        [Name.SessionsOver10M] = Count("count(*) FILTER (WHERE r.duration > interval '10 minutes')"),
        // A sum of intervals is exact.
        [Name.AverageDuration] = Quotient("date_part('epoch', sum(r.duration))", "count(*)"),
        [Name.MedianDuration] = Duration(0.5),
        [Name.DurationP90] = Duration(0.9),
        [Name.DurationP99] = Duration(0.99),
        [Name.PagesPerSession] = Quotient("sum(r.session_page_views)", "count(*)"),
        [Name.Conversions] = Count("sum(r.conversions)"),
        [Name.ConvertedSessions] = Count(Converted),
        [Name.ConversionRate] = Quotient(Converted, "count(*)"),
        [Name.Revenue] = new("", IsQuotient: false, Over.Money),
        [Name.AverageTimeOnPage] = Quotient("sum(r.time_on_page) / 1000000.0", "sum(r.timed_pages)"),
        [Name.AverageScrollDepth] = Quotient("sum(r.scroll_depth)", "sum(r.scrolled_pages)"),
        [Name.LoadTimeP90] = new(
            "percentile_cont(0.9) WITHIN GROUP (ORDER BY l.load)", IsQuotient: true, Over.LoadTimes),
        [Name.Entries] = Count(Entries),
        [Name.Exits] = Count(Exits),
        [Name.ExitRate] = Quotient(Exits, "sum(r.page_views)"),
    }.ToFrozenDictionary();

    /// <summary>What is aggregated.</summary>
    public enum Over
    {
        /// <summary>Sessions, by key.</summary>
        Rows,

        /// <summary>Their load times.</summary>
        LoadTimes,

        /// <summary>Their revenue, by currency.</summary>
        Money,
    }

    /// <summary>Null: there is no such metric.</summary>
    public static SessionMetric? Find(Name name) => All.GetValueOrDefault(name);

    private static SessionMetric Count(string sql) => new($"{sql}::double precision", IsQuotient: false);

    private static SessionMetric Quotient(string sum, string count) =>
        new($"({sum})::double precision / nullif(({count})::double precision, 0)", IsQuotient: true);

    private static SessionMetric Duration(double fraction) => new(
        FormattableString.Invariant(
            $"percentile_cont({fraction}) WITHIN GROUP (ORDER BY date_part('epoch', r.duration))"),
        IsQuotient: true);
}
