namespace SessionPlatform.Funnel.Periods;

/// <summary>
/// Splits a span of time into whole local days, which the aggregates answer, and the parts of days at its ends, which
/// only individual sessions can answer.
/// </summary>
/// <param name="From">Inclusive, UTC; null when the span has no start.</param>
/// <param name="To">Exclusive, UTC; null when the span has no end.</param>
/// <param name="FirstDay">The first day that lies entirely in the span.</param>
/// <param name="LastDay">The last such day; it is before <paramref name="FirstDay"/> when there is none.</param>
internal sealed record DayRange(DateTime? From, DateTime? To, DateOnly FirstDay, DateOnly LastDay)
{
    // Local days lie within 14 hours of the UTC ones; a day and a half is safely beyond either end of any of them.
    private static readonly TimeSpan Beyond = TimeSpan.FromHours(36);

    // No event is outside of these bounds, and calendar arithmetic would overflow near the ends of DateTime.
    private static readonly DateTime Earliest = new(1000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Latest = new(9000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private bool sticksOutBefore;
    private bool sticksOutAfter;

    /// <summary>Whether the span contains a whole day. If not, only individual sessions can answer it.</summary>
    public bool HasWholeDays => FirstDay <= LastDay;

    /// <summary>Splits a span, both ends of which are optional.</summary>
    public static DayRange Of(DateTime? from, DateTime? to, TimeZoneInfo zone)
    {
        var (first, last) = (DateOnly.MinValue, DateOnly.MaxValue);
        var (before, after) = (false, false);
        if (from is { } start && start > Earliest)
        {
            start = start < Latest ? start : Latest;
            first = Days.Of(start, zone);
            while (Days.Start(first, zone) < start)
                first = first.AddDays(1);
            // Where clocks went back, the day before may end after this one starts, so equality does not suffice.
            before = Days.Start(first, zone) > start || Days.End(first.AddDays(-1), zone) > start;
        }

        if (to is { } end && end < Latest)
        {
            end = end > Earliest ? end : Earliest;
            last = Days.Of(end, zone);
            while (Days.End(last, zone) > end)
                last = last.AddDays(-1);
            after = Days.End(last, zone) < end || Days.Start(last.AddDays(1), zone) < end;
        }

        return new DayRange(from, to, first, last) { sticksOutBefore = before, sticksOutAfter = after };
    }

    /// <summary>Whether a session is in the span, but not on one of its whole days.</summary>
    public bool IsEdge(DateTime startedAt, DateOnly day) =>
        !(From > startedAt) && !(To <= startedAt) && !(HasWholeDays && day >= FirstDay && day <= LastDay);

    /// <summary>Returns disjoint spans that together contain every session at the edges, and possibly others.</summary>
    public IEnumerable<(DateTime From, DateTime To)> Edges()
    {
        var from = From ?? Earliest;
        var to = To ?? Latest;
        if (!HasWholeDays)
        {
            yield return (from, to);
            yield break;
        }

        var left = sticksOutBefore ? Earlier(to, Shift(FirstDay, Beyond)) : from;
        var right = sticksOutAfter ? Later(left, Shift(LastDay, TimeSpan.FromDays(1) - Beyond)) : to;
        if (left > from)
            yield return (from, left);
        if (right < to)
            yield return (right, to);
    }

    private static DateTime Shift(DateOnly day, TimeSpan by) =>
        day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) + by;

    private static DateTime Earlier(DateTime one, DateTime other) => one < other ? one : other;

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;
}
