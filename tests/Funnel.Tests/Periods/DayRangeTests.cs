using SessionPlatform.Funnel.Periods;

namespace SessionPlatform.Funnel.Tests.Periods;

public sealed class DayRangeTests
{
    /// <summary>
    /// Zones and times where days are odd: 23 or 25 hours, no midnight, no day at all, a day in two pieces.
    /// </summary>
    public static TheoryData<string, string> OddDays => new()
    {
        { "UTC", "2025-07-01" },
        { "Europe/Zurich", "2025-03-30" },
        { "Europe/Zurich", "2025-10-26" },
        { "America/Santiago", "2024-09-08" },
        { "America/Santiago", "2024-04-07" },
        { "Pacific/Apia", "2011-12-30" },
        { "America/St_Johns", "2008-11-02" },
        { "Asia/Kathmandu", "2025-07-01" },
    };

    [Theory]
    [MemberData(nameof(OddDays))]
    public void Every_instant_of_a_range_is_in_a_whole_day_or_at_an_edge(string zoneId, string around)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var middle = DateTime.SpecifyKind(DateTime.Parse(around, null), DateTimeKind.Utc);
        var random = new Random(3);
        for (var round = 0; round < 2_000; round++)
        {
            var (from, to) = (Pick(random, middle, zone), Pick(random, middle, zone));
            if (from >= to)
                continue;
            var range = DayRange.Of(Absent(random, from), Absent(random, to), zone);
            for (var probe = 0; probe < 20; probe++)
                Check(range, Pick(random, middle, zone), zone);
        }
    }

    [Fact]
    public void A_range_of_whole_days_has_no_edges()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Zurich");
        var (first, last) = (new DateOnly(2025, 3, 29), new DateOnly(2025, 3, 31));
        var range = DayRange.Of(Days.Start(first, zone), Days.End(last, zone), zone);
        Assert.Equal((first, last), (range.FirstDay, range.LastDay));
        Assert.Empty(range.Edges());
        Assert.Equal(71, (range.To - range.From)!.Value.TotalHours);
    }

    [Fact]
    public void No_range_is_all_days()
    {
        var range = DayRange.Of(null, null, TimeZoneInfo.Utc);
        Assert.Empty(range.Edges());
        Assert.Equal((DateOnly.MinValue, DateOnly.MaxValue), (range.FirstDay, range.LastDay));
    }

    [Fact]
    public void The_ends_of_the_calendar_are_times_like_others()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Pacific/Auckland");
        var everything = DayRange.Of(
            DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc),
            DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc),
            zone);
        Assert.Empty(everything.Edges());
        Assert.False(DayRange.Of(DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc), null, zone)
            .IsEdge(Sample.Noon, new DateOnly(2025, 7, 1)));
    }

    private static void Check(DayRange range, DateTime instant, TimeZoneInfo zone)
    {
        var day = Days.Of(instant, zone);
        var isInside = !(range.From > instant) && !(range.To <= instant);
        var isInWholeDay = range.HasWholeDays && day >= range.FirstDay && day <= range.LastDay;
        var isEdge = range.IsEdge(instant, day);
        var isRead = range.Edges().Count(edge => edge.From <= instant && instant < edge.To);
        var what = $"{range}, {instant:O}";
        Assert.True(isInside == (isInWholeDay || isEdge), what);
        Assert.False(isInWholeDay && isEdge, what);
        Assert.True(isRead <= 1 && (!isEdge || isRead == 1), what);
    }

    private static DateTime? Absent(Random random, DateTime time) => random.Next(6) == 0 ? null : time;

    private static DateTime Pick(Random random, DateTime middle, TimeZoneInfo zone)
    {
        var time = middle.AddMinutes(random.Next(-4 * 1440, 4 * 1440)).AddTicks(random.Next(3) - 1);
        return random.Next(3) switch
        {
            0 => Days.Start(Days.Of(time, zone), zone),
            1 => Days.End(Days.Of(time, zone), zone),
            _ => time,
        };
    }
}
