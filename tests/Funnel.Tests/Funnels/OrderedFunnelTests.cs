using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Funnels;
using static SessionPlatform.Funnel.Tests.Sample;

namespace SessionPlatform.Funnel.Tests.Funnels;

public sealed class OrderedFunnelTests
{
    [Fact]
    public void Steps_count_only_in_their_order()
    {
        var funnel = Of(Path("/a"), Path("/b"), Path("/c"));
        Assert.Equal(3, funnel.StagesReached(Document(Page("/a"), Page("/x"), Page("/b"), Page("/c"))));
        Assert.Equal(1, funnel.StagesReached(Document(Page("/c"), Page("/a"))));
        Assert.Equal(2, funnel.StagesReached(Document(Page("/b"), Page("/a"), Page("/b"))));
        Assert.Equal(0, funnel.StagesReached(Document(Page("/b"), Page("/c"))));
    }

    [Fact]
    public void One_event_matches_one_step_only() =>
        Assert.Equal(1, Of(Path("/a"), Path("/a")).StagesReached(Document(Page("/a"))));

    [Fact]
    public void Every_predicate_of_a_step_must_hold()
    {
        var step = new FunnelStep
        {
            Name = "s", Kind = "click", EventName = "add", Path = "/p/*", Category = "Product",
        };
        var funnel = Of(step, Path("/end"));
        Assert.Equal(1, funnel.StagesReached(Document(Event("click", "add", "product", "/P/1"))));
        Assert.Equal(0, funnel.StagesReached(Document(
            Event("scroll", "add", "product", "/p/1"),
            Event("click", "ADD", "product", "/p/1"),
            Event("click", "add", "cart", "/p/1"),
            Event("click", "add", "product", "/q/1"),
            Event("click", "add", "product"))));
    }

    [Fact]
    public void An_event_without_a_path_matches_no_path_pattern() =>
        Assert.Equal(0, Of(Path("**"), Path("**")).StagesReached(Document(Event("custom"))));

    [Fact]
    public void Taking_the_earliest_match_gets_as_far_as_trying_everything()
    {
        var random = new Random(2);
        for (var round = 0; round < 5_000; round++)
        {
            var wanted = random.GetItems(new[] { "/a", "/b", "/*" }, random.Next(2, 5));
            var seen = random.GetItems(new[] { "/a", "/b", "/c" }, random.Next(8));
            var reached = Of([.. wanted.Select(Path)]).StagesReached(Document([.. seen.Select(path => Page(path))]));
            Assert.Equal(Furthest(wanted, seen), reached);
        }
    }

    private static int Furthest(ReadOnlySpan<string> wanted, ReadOnlySpan<string> seen)
    {
        var best = 0;
        for (var index = 0; index < seen.Length && wanted.Length > 0; index++)
        {
            if (wanted[0] == "/*" || wanted[0] == seen[index])
                best = Math.Max(best, 1 + Furthest(wanted[1..], seen[(index + 1)..]));
        }

        return best;
    }

    private static FunnelStep Path(string path) => new() { Name = Guid.NewGuid().ToString(), Path = path };

    private static OrderedFunnel Of(params FunnelStep[] steps) =>
        new(new FunnelDefinition { Name = "f", Steps = { steps } });
}
