using SessionPlatform.Cli.Parsing;

namespace SessionPlatform.Cli.Tests.Parsing;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("30m", 1800)]
    [InlineData("24h", 86_400)]
    [InlineData("7d", 604_800)]
    [InlineData("1h30m", 5400)]
    [InlineData("250ms", 0.25)]
    [InlineData("1.5h", 5400)]
    public void Spans_are_read_as_people_type_them(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Durations.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("m")]
    [InlineData("-30m")]
    [InlineData("30 m")]
    [InlineData("30M")]
    [InlineData("30m!")]
    [InlineData("999999999999d")]
    public void Anything_else_is_no_span(string text) => Assert.Null(Durations.Parse(text));

    [Theory]
    [InlineData("0s")]
    [InlineData("2m5.3s")]
    [InlineData("1d1h")]
    [InlineData("0.25s")]
    public void What_is_shown_can_be_typed(string text) =>
        Assert.Equal(text, Durations.Format(Durations.Parse(text)!.Value));
}
