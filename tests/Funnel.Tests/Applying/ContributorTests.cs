using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Funnels;
using static SessionPlatform.Funnel.Tests.Sample;

namespace SessionPlatform.Funnel.Tests.Applying;

public sealed class ContributorTests
{
    private static readonly SiteConfiguration Auckland = new(
        "shop",
        1,
        TimeZoneInfo.FindSystemTimeZoneById("Pacific/Auckland"),
        DayOfWeek.Monday,
        [new SiteFunnel(17, 1, EcommerceFunnel.Definition, new EcommerceFunnel(null))]);

    [Fact]
    public void A_session_counts_on_the_local_day_of_its_start()
    {
        var document = Document(Page("/"));
        Assert.Equal(new DateOnly(2025, 7, 2).DayNumber, Contributor.Compute(document, Auckland).Day);
    }

    [Fact]
    public void Everything_that_is_summed_is_in_the_contribution()
    {
        var document = Document(Page("/"), Page("/cart"), Event("purchase"));
        document.Session.Duration = Duration.FromTimeSpan(TimeSpan.FromTicks(1_234_567 * 10L));
        document.Session.Revenue.Add(new Money { Amount = "-19.90", Currency = "CHF" });

        Assert.Equal(
            new Contribution
            {
                Day = new DateOnly(2025, 7, 2).DayNumber,
                PageViews = 2,
                Engaged = true,
                Conversions = 1,
                DurationMicroseconds = 1_234_567,
                Revenue = { new CurrencySum { Amount = "-19.90", Currency = "CHF" } },
                Reaches = { new Reach { FunnelId = 17, Stage = 6 } },
            },
            Contributor.Compute(document, Auckland));
    }

    [Fact]
    public void A_funnel_of_which_no_stage_was_reached_is_not_mentioned() =>
        Assert.Empty(Contributor.Compute(Document(Event("custom")), Auckland).Reaches);
}
