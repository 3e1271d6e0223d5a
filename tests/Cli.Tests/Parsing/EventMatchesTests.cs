using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Funnels.V1;

namespace SessionPlatform.Cli.Tests.Parsing;

public sealed class EventMatchesTests
{
    [Fact]
    public void A_pattern_is_made_of_fields() =>
        Assert.Equal(
            new EventMatch
            {
                Kind = "click", EventName = "add", Path = "/a/**", ExactPath = "/a/b", PathRegex = "^/a=",
                Category = "c",
            },
            EventMatches.Parse("kind=click,event=add,path=/a/**,exact-path=/a/b,path-regex=^/a=,category=c", out _));

    [Theory]
    [InlineData("")]
    [InlineData("purchase")]
    [InlineData("kind=")]
    [InlineData("colour=red")]
    [InlineData("kind=click,")]
    public void Anything_else_is_explained(string text)
    {
        Assert.Null(EventMatches.Parse(text, out var error));
        Assert.Contains("write", error, StringComparison.Ordinal);
    }
}
