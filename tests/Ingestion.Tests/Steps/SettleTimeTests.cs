using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Ingestion.Steps;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Ingestion.Tests.Steps;

public sealed class SettleTimeTests
{
    private const long Second = 1_000_000;
    private const long Minute = 60 * Second;
    private const long Week = 7 * 24 * 60 * Minute;
    private const long Received = Examples.Noon;

    [Fact]
    public void Without_a_client_time_an_event_happened_when_it_was_received() =>
        Assert.Equal(
            new SettledTime(Received, false, false), SettleTime.Settle(Received, Received - Minute, null, Week));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(999_999, 0)]
    [InlineData(-999_999, 0)]
    [InlineData(1_000_000, 1_000_000)]
    [InlineData(-1_000_000, -1_000_000)]
    [InlineData(86_400_000_000, 86_400_000_000)]
    public void A_clock_is_corrected_from_one_second_on(long behind, long correction)
    {
        var clientTime = Received - behind - Minute;
        Assert.Equal(
            clientTime + correction, SettleTime.Settle(Received, Received - behind, clientTime, Week).OccurredAt);
    }

    [Fact]
    public void Without_the_time_of_sending_nothing_is_corrected() =>
        Assert.Equal(
            Received - 24 * 60 * Minute,
            SettleTime.Settle(Received, null, Received - 24 * 60 * Minute, Week).OccurredAt);

    [Theory]
    [InlineData(5 * Minute, false)]
    [InlineData(5 * Minute + 1, true)]
    public void More_than_five_minutes_ahead_becomes_the_time_of_receipt(long ahead, bool clamped)
    {
        var settled = SettleTime.Settle(Received, null, Received + ahead, Week);
        Assert.Equal(clamped, settled.Clamped);
        Assert.Equal(clamped ? Received : Received + ahead, settled.OccurredAt);
        Assert.False(settled.TooOld);
    }

    [Theory]
    [InlineData(Week, false)]
    [InlineData(Week + 1, true)]
    public void Exactly_the_greatest_age_is_not_too_old(long age, bool tooOld) =>
        Assert.Equal(tooOld, SettleTime.Settle(Received, null, Received - age, Week).TooOld);

    [Fact]
    public void The_correction_comes_before_the_bounds()
    {
        // A clock a year ahead, told by the time of sending: neither clamped nor lost.
        var year = 365L * 24 * 60 * Minute;
        var settled = SettleTime.Settle(Received, Received + year, Received + year - Minute, Week);
        Assert.Equal(new SettledTime(Received - Minute, false, false), settled);
    }

    [Fact]
    public void A_time_before_the_calendar_is_too_old_for_every_import()
    {
        var longest = 315_576_000_000 * Second;
        Assert.True(SettleTime.Settle(Received, null, Micros.EarliestTime, longest).TooOld);
        Assert.False(SettleTime.Settle(Received, null, Micros.EarliestTime + 1, longest).TooOld);
    }

    [Fact]
    public void An_accepted_time_is_never_outside_its_bounds_and_keeps_the_distance_to_sending() =>
        Prop.ForAll<long, long>((sent, client) =>
        {
            var sentAt = Received + sent % (Week * 10);
            var clientTime = Received + client % (Week * 10);
            var settled = SettleTime.Settle(Received, sentAt, clientTime, Week);
            var corrected = Math.Abs(Received - sentAt) >= Second;
            return settled.TooOld
                || settled.Clamped && settled.OccurredAt == Received
                || settled.OccurredAt >= Received - Week && settled.OccurredAt <= Received + 5 * Minute
                    && settled.OccurredAt - clientTime == (corrected ? Received - sentAt : 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_request_decides_the_greatest_age_before_the_site()
    {
        var sent = Examples.PageView();
        sent.ClientTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddYears(25));
        var violation = Assert.Single(Examples.Run(sent).Violations);
        Assert.Equal(("client_time", Reason.TooOld), (violation.Field, violation.Reason));

        var import = Examples.Context() with { MaxEventAge = 100 * 365 * 24 * 60 * Minute };
        var draft = Examples.Run(sent, import);
        Assert.Empty(draft.Violations);
        Assert.Equal(Micros.Of(sent.ClientTime), draft.Accepted.OccurredAt);
    }

    [Fact]
    public void The_year_9999_is_clamped()
    {
        var sent = Examples.PageView();
        sent.ClientTime = new Timestamp { Seconds = 253_402_300_799, Nanos = 999_999_999 };
        var draft = Examples.Run(sent);
        Assert.Empty(draft.Violations);
        Assert.True(draft.Accepted.ClockClamped);
        Assert.Equal(Received, draft.Accepted.OccurredAt);
    }

    [Fact]
    public void What_is_finer_than_a_microsecond_is_cut_off_before_1970_too()
    {
        Assert.Equal(1_000_001, Micros.Of(new Timestamp { Seconds = 1, Nanos = 1_999 }));
        Assert.Equal(-999_999, Micros.Of(new Timestamp { Seconds = -1, Nanos = 1_999 }));
        Assert.Equal(Micros.EarliestTime, Micros.Of(DateTimeOffset.MinValue));
    }
}
