using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Sites.V1;
using static SessionPlatform.Oracle.Tests.Visits;

namespace SessionPlatform.Oracle.Tests;

/// <summary>Rules from the contract.</summary>
public sealed class OracleRulesTests
{
    [Fact]
    public void Every_rule_is_taken_over()
    {
        var rules = OracleRules.From(Complete());

        Assert.Equal(TimeSpan.FromMinutes(7), rules.Timeout);
        Assert.Equal(TimeSpan.FromHours(3), rules.MaxDuration);
        Assert.Equal(OracleCampaignPolicy.Any, rules.Campaign);
        Assert.True(rules.ExplicitBoundaries);
        Assert.False(rules.SessionKeyBoundaries);
        Assert.True(rules.ReferrerBoundaries);
        Assert.Equal(["brand.example"], rules.Domains);
        Assert.Equal(["pay.example"], rules.IgnoredReferrers);
        Assert.Equal(["id"], rules.KeptQueryKeys);
        Assert.Equal(TimeSpan.FromSeconds(20), rules.EngagedDuration);
        Assert.Equal(4, rules.EngagedPageViews);
        Assert.True(rules.Authoritative);
        Assert.True(rules.Midnight);
        Assert.Equal("Europe/Zurich", rules.TimeZone.Id);
        Assert.Equal(1, Assert.Single(Sessions(
            rules with { Authoritative = false },
            Event(0, "click", "/x/1").With(e => e.Event.Name = "buy"),
            Event(0, "click", "/x/1"),
            Event(0, "click", "/y/1").With(e => e.Event.Name = "buy"))).Conversions);
    }

    [Fact]
    public void Rules_without_their_defaults_are_refused()
    {
        Action<SiteRules>[] gaps =
        [
            rules => rules.Timeout = null,
            rules => rules.MaxDuration = null,
            rules => rules.EngagedDuration = null,
            rules => rules.EngagedPageViews = 0,
            rules => rules.IgnoredReferrers = null,
            rules => rules.TimeZone = "",
            rules => rules.Campaign = SiteRules.Types.CampaignPolicy.Unspecified,
            rules => rules.ClearExplicitBoundaries(),
            rules => rules.ClearSessionKeyBoundaries(),
            rules => rules.ClearReferrerBoundaries(),
        ];

        Assert.All(gaps, gap =>
        {
            var rules = Complete();
            gap(rules);
            Assert.Throws<ArgumentException>(() => OracleRules.From(rules));
        });
    }

    private static SiteRules Complete() => new()
    {
        Timeout = Duration.FromTimeSpan(TimeSpan.FromMinutes(7)),
        MaxDuration = Duration.FromTimeSpan(TimeSpan.FromHours(3)),
        Campaign = SiteRules.Types.CampaignPolicy.Any,
        ExplicitBoundaries = true,
        SessionKeyBoundaries = false,
        ReferrerBoundaries = true,
        Domains = { "brand.example" },
        IgnoredReferrers = new HostList { Hosts = { "pay.example" } },
        KeptQueryKeys = { "id" },
        EngagedDuration = Duration.FromTimeSpan(TimeSpan.FromSeconds(20)),
        EngagedPageViews = 4,
        TimeZone = "Europe/Zurich",
        SessionKey = SiteRules.Types.SessionKeyPolicy.Authoritative,
        Midnight = true,
        Goals = { new Goal { Name = "g", Kind = "click", EventName = "buy", Path = "/x/*" } },
    };
}
