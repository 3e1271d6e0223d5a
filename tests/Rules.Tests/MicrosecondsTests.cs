using Google.Protobuf.WellKnownTypes;

namespace SessionPlatform.Rules.Tests;

public sealed class MicrosecondsTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1_000_001, 1, 1_000)]
    [InlineData(-1, -1, 999_999_000)]
    [InlineData(-1_000_000, -1, 0)]
    public void A_time_is_the_same_in_all_forms(long microseconds, long seconds, int nanos)
    {
        var timestamp = new Timestamp { Seconds = seconds, Nanos = nanos };

        Assert.Equal(timestamp, Microseconds.ToTimestamp(microseconds));
        Assert.Equal(microseconds, Microseconds.From(timestamp));
        Assert.Equal(timestamp.ToDateTime(), Microseconds.ToDateTime(microseconds));
        Assert.Equal(microseconds, Microseconds.From(timestamp.ToDateTime()));
        Assert.Equal(microseconds, Microseconds.From(timestamp.ToDateTimeOffset().ToOffset(TimeSpan.FromHours(9))));
    }

    [Fact]
    public void A_span_is_the_same_in_all_forms()
    {
        var span = new Duration { Seconds = 90, Nanos = 5_000 };

        Assert.Equal(90_000_005, Microseconds.From(span));
        Assert.Equal(span, Microseconds.ToDuration(90_000_005));
        Assert.Equal(span.ToTimeSpan(), Microseconds.ToTimeSpan(90_000_005));
        Assert.Equal(90_000_005, Microseconds.From(span.ToTimeSpan()));
    }

    [Fact]
    public void What_is_finer_is_cut_off() =>
        Assert.Equal(1, Microseconds.From(new Duration { Nanos = 1_999 }));
}
