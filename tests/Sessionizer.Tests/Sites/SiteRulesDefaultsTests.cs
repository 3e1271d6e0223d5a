using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Sessionizer.Sites;

namespace SessionPlatform.Sessionizer.Tests.Sites;

public sealed class SiteRulesDefaultsTests
{
    [Fact]
    public void Absent_rules_take_the_documented_defaults()
    {
        var rules = SiteRulesDefaults.Complete(null);

        Assert.Equal(TimeSpan.FromMinutes(30), rules.Timeout.ToTimeSpan());
        Assert.Equal(TimeSpan.FromHours(24), rules.MaxDuration.ToTimeSpan());
        Assert.Equal(SiteRules.Types.CampaignPolicy.BothPresent, rules.Campaign);
        Assert.True(rules.ExplicitBoundaries && rules.SessionKeyBoundaries && rules.ReferrerBoundaries);
        Assert.Equal(TimeSpan.FromSeconds(10), rules.EngagedDuration.ToTimeSpan());
        Assert.Equal(2, rules.EngagedPageViews);
        Assert.Equal(TimeSpan.FromDays(7), rules.MaxEventAge.ToTimeSpan());
        Assert.Equal("UTC", rules.TimeZone);
        Assert.Equal(SiteRules.Types.Weekday.Monday, rules.WeekStart);
        Assert.Equal(SiteRules.Types.SessionKeyPolicy.Boundary, rules.SessionKey);
        Assert.False(rules.Midnight);
        Assert.Empty(rules.Goals);
        Assert.Superset(
            new HashSet<string> { "accounts.google.com", "paypal.com", "stripe.com" },
            rules.IgnoredReferrers.Hosts.ToHashSet());
        Assert.Contains("/products", rules.Ecommerce.Browse);
        Assert.Contains("/checkout/success**", rules.Ecommerce.Confirmation);
    }

    [Fact]
    public void What_is_given_stays_also_where_it_is_empty_or_false()
    {
        var given = new SiteRules
        {
            Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)),
            MaxDuration = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)),
            Campaign = SiteRules.Types.CampaignPolicy.Off,
            ExplicitBoundaries = false,
            SessionKeyBoundaries = false,
            ReferrerBoundaries = false,
            Domains = { "shop.example" },
            IgnoredReferrers = new HostList(),
            KeptQueryKeys = { "q" },
            EngagedDuration = new Duration(),
            EngagedPageViews = 5,
            MaxEventAge = Duration.FromTimeSpan(TimeSpan.FromDays(3650)),
            TimeZone = "Europe/Zurich",
            WeekStart = SiteRules.Types.Weekday.Sunday,
            SessionKey = SiteRules.Types.SessionKeyPolicy.Authoritative,
            Midnight = true,
            Goals = { new Goal { Name = "thanks", Path = "/thanks**" } },
            Ecommerce = new EcommercePages
            {
                Browse = { "/b" }, Product = { "/p" }, Cart = { "/c" }, Checkout = { "/o" }, Confirmation = { "/t" },
            },
        };

        Assert.Equal(given, SiteRulesDefaults.Complete(given));
    }

    [Fact]
    public void An_empty_list_of_patterns_takes_its_default_and_the_others_stay()
    {
        var rules = new SiteRules { Ecommerce = new EcommercePages { Cart = { "/my-cart" } } };

        var complete = SiteRulesDefaults.Complete(rules).Ecommerce;

        Assert.Equal(["/my-cart"], complete.Cart);
        Assert.Equal(["/checkout**"], complete.Checkout);
    }

    [Fact]
    public void The_rules_given_are_not_changed()
    {
        var rules = new SiteRules();

        SiteRulesDefaults.Complete(rules);

        Assert.Equal(new SiteRules(), rules);
    }
}
