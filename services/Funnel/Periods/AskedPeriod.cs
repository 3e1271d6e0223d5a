using System.Globalization;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Periods;

/// <summary>The period of a request. An end that is null is the end of the stored data.</summary>
internal sealed record AskedPeriod(DateTime? From, DateTime? To, DateOnly? FirstDay, DateOnly? LastDay)
{
    /// <summary>Reads the field <c>period</c> of a request, and reports what is wrong with it.</summary>
    public static AskedPeriod Read(Period? period, Violations violations)
    {
        if (period is { Range: not null, Days: not null })
            violations.Add("period", "must have one of `range` and `days`, not both");
        var (from, to) = Ranges.Read(period?.Range, violations, "period.range");
        var first = Day(period?.Days?.From ?? "", "period.days.from", violations);
        var last = Day(period?.Days?.To ?? "", "period.days.to", violations);
        if (last < first)
            violations.Add("period.days.to", "must not be before `from`");
        return new AskedPeriod(from, to, first, last);
    }

    /// <summary>Returns the span of time that the period stands for.</summary>
    /// <param name="firstSession">The value of an open start; null when there are no sessions.</param>
    /// <param name="end">The value of an open end, later than any session.</param>
    public ReportSpan Resolve(DateTime? firstSession, DateTime end, TimeZoneInfo zone)
    {
        if (FirstDay is { } first && LastDay is { } last)
            return ReportSpan.Of(new WholeDays(first, last), zone);
        var from = FirstDay is { } day ? Periods.Days.Start(day, zone) : From;
        var to = LastDay is { } lastDay ? Periods.Days.Start(lastDay.AddDays(1), zone) : To;
        var begins = Instants.Within((from ?? Earlier(firstSession ?? end, to ?? end)).Ticks);
        var ends = Instants.Within((to ?? Later(end, begins)).Ticks);
        return ReportSpan.Of(begins, ends, zone) with
        {
            BeginsWithFirst = from is null && firstSession is not null, EndsWithLast = to is null,
        };
    }

    private static DateTime Earlier(DateTime one, DateTime other) => one < other ? one : other;

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;

    private static DateOnly? Day(string day, string field, Violations violations)
    {
        if (day.Length == 0)
            return null;
        if (DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed)
            && parsed.Year > Instants.First.Year && parsed.Year < Instants.Last.Year)
        {
            return parsed;
        }

        violations.Add(field, "must be a date like \"2025-12-31\", in the site's time zone");
        return null;
    }
}
