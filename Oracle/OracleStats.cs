using System.Globalization;

namespace SessionPlatform.Oracle;

/// <summary>Numbers over sessions, counted one by one. Durations: microseconds; a single event counts as 0.</summary>
public sealed record OracleStats(
    int Sessions, int Visitors, int PageViews, int Events, int Bounces, int ConvertedSessions, int EngagedSessions,
    int Conversions, long DurationSum, double? BounceRate, double? ConversionRate, double? EngagementRate,
    double? PagesPerSession, decimal? AverageDuration, decimal? MedianDuration,
    IReadOnlyList<(string Currency, decimal Amount)> Revenue)
{
    public static OracleStats Of(IReadOnlyCollection<OracleSession> sessions)
    {
        var durations = sessions.Select(s => s.EndedAt - s.StartedAt).Order().ToList();
        double? PerSession(int count) => sessions.Count == 0 ? null : (double)count / sessions.Count;
        return new OracleStats(
            sessions.Count,
            sessions.Select(s => s.VisitorId).Distinct().Count(),
            sessions.Sum(s => s.PageViews),
            sessions.Sum(s => s.Events.Count),
            sessions.Count(s => s.Bounced),
            sessions.Count(s => s.Converted),
            sessions.Count(s => s.Engaged),
            sessions.Sum(s => s.Conversions),
            durations.Sum(),
            PerSession(sessions.Count(s => s.Bounced)),
            PerSession(sessions.Count(s => s.Converted)),
            PerSession(sessions.Count(s => s.Engaged)),
            PerSession(sessions.Sum(s => s.PageViews)),
            sessions.Count == 0 ? null : Math.Round((decimal)durations.Sum() / sessions.Count, MidpointRounding.ToEven),
            sessions.Count == 0 ? null : Math.Round(
                ((decimal)durations[(durations.Count - 1) / 2] + durations[durations.Count / 2]) / 2,
                MidpointRounding.ToEven),
            SessionOracle.RevenueOf(sessions.SelectMany(s => s.Events)));
    }

    /// <summary>The same by the day on which sessions started, "YYYY-MM-DD" in the time zone; no empty days.</summary>
    public static IReadOnlyDictionary<string, OracleStats> ByDay(
        IEnumerable<OracleSession> sessions, TimeZoneInfo timeZone) => sessions
        .GroupBy(s => TimeZoneInfo
            .ConvertTime(DateTimeOffset.UnixEpoch.AddMicroseconds(s.StartedAt), timeZone)
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
        .ToDictionary(day => day.Key, day => Of([.. day]));
}
