using System.Text;
using SessionPlatform.Cli.Replay;

namespace SessionPlatform.Cli.Tests.Replay;

public sealed class JsonLineParserTests
{
    [Fact]
    public void Site_is_filled_in_where_the_event_names_none()
    {
        Assert.Equal("shop", Parse("""{"visitorId":"v","kind":"pageview"}""").Event!.SiteId);
        Assert.Equal("other", Parse("""{"siteId":"other"}""").Event!.SiteId);
    }

    [Theory]
    [InlineData("""{"visitorId":"v","pageTitel":"x"}""")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("42")]
    [InlineData("""{"clientTime":"yesterday"}""")]
    [InlineData("""{"clientTime":"10000-01-01T00:00:00Z"}""")]
    [InlineData("""{"value":"many"}""")]
    [InlineData("""{"visitorId":"\ud800"}""")]
    [InlineData("""{"visitorId":"a"} trailing""")]
    public void What_is_no_event_is_told_and_never_thrown(string line) => Assert.NotEmpty(Parse(line).Problem ?? "");

    [Fact]
    public void Deep_nesting_is_told_and_never_overflows() =>
        Assert.NotNull(Parse("""{"properties":{"a":""" + new string('[', 100_000) + "}}").Problem);

    [Fact]
    public void Bytes_that_are_not_utf8_are_told() =>
        Assert.Equal(
            "not UTF-8", new JsonLineParser("shop").Parse([.. "{\"visitorId\":\""u8, 0xFF, .. "\"}"u8]).Problem);

    private static ParsedLine Parse(string line) => new JsonLineParser("shop").Parse(Encoding.UTF8.GetBytes(line));
}
