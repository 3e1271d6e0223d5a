using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Funnels.V1;

namespace SessionPlatform.Cli.Tests.Parsing;

public sealed class StepsTests
{
    [Fact]
    public void A_step_is_a_name_and_fields() =>
        Assert.Equal(
            new FunnelStep { Name = "Docs", Kind = "pageview", Path = "/docs/**" },
            Steps.Parse("Docs:kind=pageview,path=/docs/**", out _));

    [Fact]
    public void Every_field_can_be_given() =>
        Assert.Equal(
            new FunnelStep { Name = "a b", Kind = "click", EventName = "Add to cart", Path = "/x", Category = "c" },
            Steps.Parse("a b: kind=click, event=Add to cart, path=/x, category=c", out _));

    [Fact]
    public void Values_may_hold_commas_colons_and_equals_signs() =>
        Assert.Equal(
            new FunnelStep { Name = "Odd", Path = "/a,b:c=d/**", Kind = "pageview" },
            Steps.Parse("Odd:path=/a,b:c=d/**,kind=pageview", out _));

    [Theory]
    [InlineData("Docs")]
    [InlineData(":kind=click")]
    [InlineData("Docs:")]
    [InlineData("Docs:click")]
    [InlineData("Docs:colour=red")]
    public void Anything_else_is_explained(string text)
    {
        Assert.Null(Steps.Parse(text, out var error));
        Assert.Contains("write", error, StringComparison.Ordinal);
    }
}
