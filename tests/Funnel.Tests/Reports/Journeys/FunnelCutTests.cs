using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Reports.Journeys;
using static SessionPlatform.Funnel.Tests.Sample;

namespace SessionPlatform.Funnel.Tests.Reports.Journeys;

public sealed class FunnelCutTests
{
    private static readonly OrderedFunnel Ordered = new(new FunnelDefinition
    {
        Steps =
        {
            new FunnelStep { Name = "b", Path = "/b" },
            new FunnelStep { Name = "click", Kind = "click" },
            new FunnelStep { Name = "d", Path = "/d" },
        },
    });

    private static readonly SessionDocument Visit = Document(
        Event("click"), Page("/a"), Page("/b"), Page("/c"), Event("click"), Page("/d"), Page("/d"), Page("/e"));

    [Theory]
    [InlineData(1, "/a /b", "/b /c /d /d /e")]
    [InlineData(2, "/a /b /c", "/d /d /e")]
    [InlineData(3, "/a /b /c /d", "/d /d /e")]
    public void Both_sides_hold_the_page_view_that_reaches_the_stage(int stage, string before, string after)
    {
        Assert.Equal(before, Kept(Ordered, Visit, stage, FunnelPoint.Types.Side.Before));
        Assert.Equal(after, Kept(Ordered, Visit, stage, FunnelPoint.Types.Side.After));
        Assert.Equal(after, Kept(Ordered, Visit, stage, FunnelPoint.Types.Side.Unspecified));
    }

    [Fact]
    public void A_stage_that_is_not_reached_gives_no_path() =>
        Assert.Null(Kept(Ordered, Document(Page("/b"), Page("/d")), 2, FunnelPoint.Types.Side.After));

    [Fact]
    public void The_built_in_funnel_reaches_a_stage_by_the_first_event_of_it_or_a_later_one()
    {
        var funnel = new EcommerceFunnel(null);
        var visit = Document(Page("/"), Page("/checkout"), Page("/product/1"), Event("purchase"));
        Assert.Equal("/ /checkout", Kept(funnel, visit, 3, FunnelPoint.Types.Side.Before));
        Assert.Equal("/checkout /product/1", Kept(funnel, visit, 3, FunnelPoint.Types.Side.After));
        Assert.Equal("", Kept(funnel, visit, 6, FunnelPoint.Types.Side.After));
        Assert.Null(Kept(funnel, Document(Page("/")), 3, FunnelPoint.Types.Side.After));
    }

    [Fact]
    public void The_first_page_view_enters_the_built_in_funnel_even_beyond_the_kept_timeline()
    {
        var document = Document(Event("click"));
        document.Session.PageViews = 2;
        var cut = new FunnelCut(
            new EcommerceFunnel(null), new FunnelPoint { Stage = 1, Side = FunnelPoint.Types.Side.Before });
        Assert.Equal(..1, cut.Kept(document));
    }

    private static string? Kept(IFunnel funnel, SessionDocument document, int stage, FunnelPoint.Types.Side side)
    {
        var pages = document.Timeline.Where(happened => happened.Kind == "pageview")
            .Select(happened => happened.Path).ToArray();
        return new FunnelCut(funnel, new FunnelPoint { Stage = stage, Side = side }).Kept(document) is { } kept
            ? string.Join(' ', pages[kept])
            : null;
    }
}
