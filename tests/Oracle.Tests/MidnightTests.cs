using static SessionPlatform.Contracts.Sessions.V1.Session.Types;
using static SessionPlatform.Oracle.Tests.Visits;

namespace SessionPlatform.Oracle.Tests;

/// <summary>Another local date starts a session, for sites that want it.</summary>
public sealed class MidnightTests
{
    private static readonly OracleRules Zurich = new()
    {
        Midnight = true, TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Zurich"),
    };

    [Theory]
    // Winter, and the night into the day that has 23 hours: midnight is 23:00 UTC.
    [InlineData("2026-01-15T22:59:59.999999", "2026-01-15T23:00:00", true)]
    [InlineData("2026-03-28T22:59:59.999999", "2026-03-28T23:00:00", true)]
    // 01:59:59 and 03:00 of that day, a second apart; the next midnight is 22:00 UTC.
    [InlineData("2026-03-29T00:59:59", "2026-03-29T01:00:00", false)]
    [InlineData("2026-03-29T21:59:59.999999", "2026-03-29T22:00:00", true)]
    [InlineData("2026-03-29T22:50:00", "2026-03-29T23:10:00", false)]
    // The night into the day that has 25 hours, its 02:30 and its other 02:30, and the midnight after.
    [InlineData("2026-10-24T21:59:59.999999", "2026-10-24T22:00:00", true)]
    [InlineData("2026-10-25T00:45:00", "2026-10-25T01:15:00", false)]
    [InlineData("2026-10-25T21:50:00", "2026-10-25T22:10:00", false)]
    [InlineData("2026-10-25T22:59:59.999999", "2026-10-25T23:00:00", true)]
    public void A_session_is_cut_at_midnight_of_the_site(string before, string after, bool cut)
    {
        var sessions = Sessions(Zurich, PageViewAt(before), PageViewAt(after));

        Assert.Equal(cut ? 2 : 1, sessions.Count);
        if (cut)
        {
            Assert.Equal(BoundaryReason.Midnight, sessions[0].EndReason);
            Assert.Equal(BoundaryReason.Midnight, sessions[1].StartReason);
        }
    }

    [Fact]
    public void Midnight_stands_behind_MAX_DURATION_and_before_SESSION_KEY()
    {
        var rules = Zurich with { MaxDuration = TimeSpan.FromMinutes(10) };

        var sessions = Sessions(
            rules,
            PageViewAt("2026-01-15T22:55:00").With(e => e.Event.SessionKey = "A"),
            PageViewAt("2026-01-15T23:01:00").With(e => e.Event.SessionKey = "B"),
            PageViewAt("2026-01-16T22:50:00"),
            PageViewAt("2026-01-16T22:58:00"),
            PageViewAt("2026-01-16T23:01:00"));

        Assert.Equal(
            [
                BoundaryReason.FirstEvent, BoundaryReason.Midnight, BoundaryReason.Inactivity,
                BoundaryReason.MaxDuration,
            ],
            sessions.Select(session => session.StartReason));
    }

    [Fact]
    public void A_visit_over_two_midnights_is_three_sessions() =>
        Assert.Equal(3, Sessions(
            Zurich with { Timeout = TimeSpan.FromHours(13), MaxDuration = TimeSpan.FromDays(9) },
            Enumerable.Range(0, 5).Select(step =>
                PageViewAt("2026-03-28T12:00:00").With(e => e.OccurredAt += step * 12 * 60 * Minute))).Count);
}
