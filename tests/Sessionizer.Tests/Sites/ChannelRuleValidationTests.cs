using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Sessionizer.Sites;

namespace SessionPlatform.Sessionizer.Tests.Sites;

public sealed class ChannelRuleValidationTests
{
    [Fact]
    public void Rules_at_their_bounds_are_taken_and_kept() =>
        Assert.Empty(FieldsViolated(Enumerable.Range(0, 50).Select(_ => new ChannelRule
        {
            Name = new('é', 32), Source = new('*', 256), Medium = "m", Campaign = "c", ReferrerHost = "r",
            ClickIdKind = "k", Path = "/**",
        })));

    [Fact]
    public void Every_violation_is_told_by_its_field() =>
        Assert.Equal(
            [
                "rules.channel_rules[0]", "rules.channel_rules[1].click_id_kind", "rules.channel_rules[1].name",
                "rules.channel_rules[1].path", "rules.channel_rules[2].name", "rules.channel_rules[2].source",
            ],
            FieldsViolated(
            [
                new() { Name = "Without conditions" },
                new() { ClickIdKind = "a\0b", Path = new('x', 257) },
                new() { Name = new('é', 33), Source = new('é', 129), Medium = "m" },
            ]));

    [Fact]
    public void More_than_50_are_too_many() =>
        Assert.Equal(
            ["rules.channel_rules"],
            FieldsViolated(Enumerable.Range(0, 51).Select(_ => new ChannelRule { Name = "n", Path = "/" })));

    private static IEnumerable<string> FieldsViolated(IEnumerable<ChannelRule> rules)
    {
        var given = new SiteRules { ChannelRules = { rules } };
        Assert.Equal(given.ChannelRules, SiteRulesDefaults.Complete(given).ChannelRules);
        return RulesViolations.FieldsOf(given);
    }
}
