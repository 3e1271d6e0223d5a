using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Ingestion.Steps;
using SessionPlatform.Messaging;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Ingestion.Tests.Steps;

public sealed class IngestionStepsTests
{
    [Fact]
    public void The_steps_have_names_and_an_order() =>
        Assert.Equal(
            ["authenticate site", "validate", "settle time", "identity", "user agent", "enrich", "route"],
            IngestionSteps.All.Select(step => step.Name));

    [Fact]
    public void An_event_is_enriched_and_routed()
    {
        var sent = Examples.PageView("https://www.Shop.example:8443/a%20b/?utm_source=News&utm_medium=email&gclid=1#x");
        sent.Referrer = "https://www.google.com/search?q=x";
        sent.Geo = new Geo { Country = "ch" };
        sent.Revenue = new Money { Amount = "1.50", Currency = "eur" };
        var accepted = Examples.Run(sent, Examples.Context() with
        {
            Client = new ClientInfo { Ip = "192.0.2.1", UserAgent = "Browser/1" },
        }).Accepted;

        Assert.Equal("/a b", accepted.Path);
        Assert.Equal("shop.example", accepted.Host);
        Assert.Equal("google.com", accepted.ReferrerHost);
        Assert.Equal(new Utm { Source = "News", Medium = "email" }, accepted.Utm);
        Assert.Equal("gclid", accepted.ClickIdKind);
        Assert.Equal("Email", accepted.Channel);
        Assert.Equal("CH", accepted.Event.Geo.Country);
        Assert.Equal("EUR", accepted.Event.Revenue.Currency);
        Assert.Equal("Browser/1", accepted.Event.Device.UserAgent);
        Assert.Equal("visitor", accepted.StreamKey);
        Assert.Equal(Examples.Noon, accepted.ReceivedAt);
        Assert.DoesNotContain("192.0.2.1", accepted.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_event_gives_wins_over_what_can_be_read()
    {
        var sent = Examples.PageView("/?utm_source=url&gclid=1");
        sent.Utm = new Utm { Source = "  given " };
        sent.ClickIds = new ClickIds { Yclid = "1" };
        sent.Device = new Device { UserAgent = "Own/1" };
        var accepted = Examples.Run(sent, Examples.Context() with
        {
            Client = new ClientInfo { UserAgent = "Browser/1" },
        }).Accepted;
        Assert.Equal(new Utm { Source = "given" }, accepted.Utm);
        Assert.Equal("yclid", accepted.ClickIdKind);
        Assert.Equal("Own/1", accepted.Event.Device.UserAgent);
    }

    [Fact]
    public void The_partition_is_that_of_the_stream()
    {
        var draft = Examples.Run(Examples.PageView(), Examples.Context() with { Partitions = 97 });
        Assert.Equal(Partitioning.Of("shop", "visitor", 97), draft.Partition);
    }

    [Fact]
    public void With_the_platform_key_an_event_may_be_of_any_site_that_exists()
    {
        var platform = Examples.Context() with
        {
            KeySite = null,
            Sites = new Dictionary<string, Site> { ["shop"] = Examples.Shop() },
        };
        Assert.Empty(Examples.Run(Examples.PageView(), platform).Violations);

        var other = Examples.PageView();
        other.SiteId = "other";
        Assert.Equal(Reason.WrongSite, Assert.Single(Examples.Run(other, platform).Violations).Reason);
    }

    [Fact]
    public void A_rejected_event_is_not_enriched()
    {
        var sent = Examples.PageView();
        sent.Sequence = -1;
        Assert.Null(Examples.Run(sent).Accepted.Event);
    }
}
