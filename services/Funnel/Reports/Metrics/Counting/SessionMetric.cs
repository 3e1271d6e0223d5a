using System.Collections.Frozen;
using static SessionPlatform.Contracts.Metrics.V1.Metric.Types;

namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>How a metric is computed over sessions.</summary>
internal sealed record SessionMetric(SessionMetric.Over Part)
{
    public const double MicrosPerSecond = 1_000_000;

    private static readonly FrozenDictionary<Name, SessionMetric> All = new Dictionary<Name, SessionMetric>
    {
        [Name.PageViews] = Count(FactSum.PageViews, "page_views"),
        [Name.Events] = Count(FactSum.Events, "events"),
        [Name.Sessions] = Count(FactSum.Sessions, "sessions"),
        [Name.Visitors] = new(Over.Visitors),
        [Name.Users] = new(Over.Users),
        [Name.NewVisitors] = new(Over.NewVisitors),
        [Name.ReturningVisitors] = new(Over.ReturningVisitors),
        [Name.EngagedSessions] = Count(FactSum.Engaged, "engaged"),
        [Name.EngagementRate] = Quotient(FactSum.Engaged, FactSum.Sessions, ("engaged", "sessions")),
        [Name.Bounces] = Count(FactSum.Bounces, "bounces"),
        [Name.BounceRate] = Quotient(FactSum.Bounces, FactSum.Sessions, ("bounces", "sessions")),
        [Name.SessionsUnder30S] = Count(FactSum.Under30S, "under_30s"),
        [Name.SessionsOver10M] = Count(FactSum.Over10M, "over_10m"),
        [Name.AverageDuration] = Quotient(
            FactSum.Duration, FactSum.Sessions, ("duration_microseconds", "sessions"), MicrosPerSecond),
        [Name.MedianDuration] = new(Over.Durations) { Fraction = 0.5 },
        [Name.DurationP90] = new(Over.Durations) { Fraction = 0.9 },
        [Name.DurationP99] = new(Over.Durations) { Fraction = 0.99 },
        [Name.PagesPerSession] = Quotient(
            FactSum.SessionPageViews, FactSum.Sessions, ("page_views", "sessions")),
        [Name.Conversions] = Count(FactSum.Conversions, "conversions"),
        [Name.ConvertedSessions] = Count(FactSum.ConvertedSessions, "converted_sessions"),
        [Name.ConversionRate] = Quotient(
            FactSum.ConvertedSessions, FactSum.Sessions, ("converted_sessions", "sessions")),
        [Name.Revenue] = new(Over.Money),
        [Name.AverageTimeOnPage] = Quotient(
            FactSum.TimeOnPage, FactSum.TimedPages, ("time_on_page", "timed_pages"), MicrosPerSecond),
        [Name.AverageScrollDepth] = Quotient(FactSum.ScrollDepth, FactSum.ScrolledPages),
        [Name.LoadTimeP90] = new(Over.LoadTimes) { Fraction = 0.9 },
        [Name.Entries] = Count(FactSum.Entries, "entries"),
        [Name.Exits] = Count(FactSum.Exits, "exits"),
        [Name.ExitRate] = Quotient(FactSum.Exits, FactSum.PageViews, ("exits", "page_views")),
    }.ToFrozenDictionary();

    /// <summary>What is looked at.</summary>
    public enum Over
    {
        /// <summary>Sums over sessions, or a quotient of two of them.</summary>
        Sums,

        /// <summary>Their visitors, or users, each once.</summary>
        Visitors,

        /// <summary>Those of them of whom the first session is among them.</summary>
        NewVisitors,

        /// <summary>The others.</summary>
        ReturningVisitors,

        /// <summary>Their user ids, each once.</summary>
        Users,

        /// <summary>A percentile of their durations.</summary>
        Durations,

        /// <summary>A percentile of their load times.</summary>
        LoadTimes,

        /// <summary>Their revenue, by currency.</summary>
        Money,
    }

    /// <summary>What is added up.</summary>
    public FactSum Sum { get; private init; }

    /// <summary>What that is divided by; null: by nothing.</summary>
    public FactSum? Divisor { get; private init; }

    /// <summary>How many of what is added up make one of the metric.</summary>
    public double Unit { get; private init; } = 1;

    /// <summary>Of a percentile.</summary>
    public double Fraction { get; private init; }

    /// <summary>
    /// The metric as an SQL expression of type double over rows <c>r</c> of <c>hour_totals</c>; null when these do not
    /// answer it.
    /// </summary>
    public string? Total { get; private init; }

    /// <summary>Null: there is no such metric.</summary>
    public static SessionMetric? Find(Name name) => All.GetValueOrDefault(name);

    private static SessionMetric Count(FactSum sum, string total) =>
        new(Over.Sums) { Sum = sum, Total = $"sum(r.{total})::double precision" };

    private static SessionMetric Quotient(
        FactSum sum, FactSum divisor, (string Sum, string Divisor)? total = null, double unit = 1) =>
        new(Over.Sums)
        {
            Sum = sum,
            Divisor = divisor,
            Unit = unit,
            Total = total is not var (of, by) ? null : FormattableString.Invariant(
                $"(sum(r.{of}) / {unit:0.0})::double precision / nullif(sum(r.{by})::double precision, 0)"),
        };
}
