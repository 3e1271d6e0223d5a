using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Sessionizer.Tests.Sites;

public sealed class RulesValidationTests
{
    [Fact]
    public void Every_violation_is_told_by_its_field() =>
        Assert.Equal(
            [
                "rules.campaign", "rules.domains[0]", "rules.engaged_duration", "rules.engaged_page_views",
                "rules.goals[0]", "rules.goals[1].kind", "rules.goals[1].name", "rules.ignored_referrers.hosts[1]",
                "rules.max_duration", "rules.max_event_age", "rules.session_key", "rules.time_zone", "rules.timeout",
                "rules.week_start",
            ],
            RulesViolations.FieldsOf(new SiteRules
            {
                Timeout = new Duration(),
                MaxDuration = Duration.FromTimeSpan(TimeSpan.FromDays(30) + TimeSpan.FromTicks(1)),
                // No time span holds that many seconds.
                MaxEventAge = new Duration { Seconds = 300_000_000_000 },
                EngagedDuration = new Duration { Nanos = -1 },
                EngagedPageViews = 1_000_001,
                Campaign = (SiteRules.Types.CampaignPolicy)99,
                SessionKey = (SiteRules.Types.SessionKeyPolicy)99,
                TimeZone = "Europe/Atlantis",
                WeekStart = (SiteRules.Types.Weekday)2,
                Domains = { "https://shop.example" },
                IgnoredReferrers = new() { Hosts = { "pay.example", "www.bank.example" } },
                Goals = { new Goal { Name = "nothing" }, new Goal { Name = "nothing", Kind = "no kind" } },
            }));

    [Fact]
    public void Bounds_are_taken() =>
        Assert.Empty(RulesViolations.FieldsOf(new SiteRules
        {
            Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)),
            MaxDuration = Duration.FromTimeSpan(TimeSpan.FromDays(30)),
            MaxEventAge = Duration.FromTimeSpan(TimeSpan.FromDays(3650)),
            EngagedDuration = new Duration(),
            EngagedPageViews = 1,
            TimeZone = "Asia/Kolkata",
            WeekStart = SiteRules.Types.Weekday.Saturday,
        }));
}
