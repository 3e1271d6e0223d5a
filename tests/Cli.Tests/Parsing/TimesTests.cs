using SessionPlatform.Cli.Parsing;

namespace SessionPlatform.Cli.Tests.Parsing;

public sealed class TimesTests
{
    [Theory]
    [InlineData("2026-03-01T12:30:00Z", "2026-03-01T12:30:00.0000000Z")]
    [InlineData("2026-03-01T12:30:00+02:00", "2026-03-01T10:30:00.0000000Z")]
    [InlineData("2026-03-01T12:30:00.123456Z", "2026-03-01T12:30:00.1234560Z")]
    [InlineData("2026-03-01t12:30:00z", "2026-03-01T12:30:00.0000000Z")]
    [InlineData("2026-03-01", "2026-03-01T00:00:00.0000000Z")]
    public void Times_are_RFC_3339_or_the_midnight_of_a_date(string text, string expected) =>
        Assert.Equal(expected, Times.Parse(text)!.Value.UtcDateTime.ToString("o"));

    [Fact]
    public void A_date_that_ends_a_range_is_in_it() =>
        Assert.Equal("2026-03-02T00:00:00.0000000Z", Times.Parse("2026-03-01", 1)!.Value.UtcDateTime.ToString("o"));

    [Fact]
    public void A_time_that_ends_a_range_stays_as_it_is() =>
        Assert.Equal(Times.Parse("2026-03-01T00:00:00Z"), Times.Parse("2026-03-01T00:00:00Z", 1));

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2026-03-01T12:30:00")]
    [InlineData("2026-02-30")]
    [InlineData("01.03.2026")]
    [InlineData("9999-12-31")]
    public void Anything_else_is_no_time(string text) => Assert.Null(Times.Parse(text, 1));
}
