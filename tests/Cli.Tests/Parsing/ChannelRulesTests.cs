using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Tests.Parsing;

public sealed class ChannelRulesTests
{
    [Fact]
    public void A_rule_is_a_name_and_conditions_and_reads_back_as_it_is_shown()
    {
        const string text =
            "Our letters:source=news*,medium=email,campaign=a, b,referrer=*.x.example,click_id=gclid,path=/a**";

        var rule = ChannelRules.Parse(text, out _);

        Assert.Equal(
            new ChannelRule
            {
                Name = "Our letters", Source = "news*", Medium = "email", Campaign = "a, b",
                ReferrerHost = "*.x.example", ClickIdKind = "gclid", Path = "/a**",
            },
            rule);
        Assert.Equal(text, ChannelRules.Format(rule!));
    }

    [Theory]
    [InlineData("Newsletter")]
    [InlineData(":source=a")]
    [InlineData("Newsletter:")]
    [InlineData("Newsletter:kind=click")]
    public void Anything_else_is_explained(string text)
    {
        Assert.Null(ChannelRules.Parse(text, out var error));
        Assert.Contains("channel rule", error, StringComparison.Ordinal);
        Assert.Contains("write", error, StringComparison.Ordinal);
    }
}
