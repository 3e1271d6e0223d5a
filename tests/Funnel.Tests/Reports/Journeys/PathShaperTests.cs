using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Funnel.Reports.Journeys;

namespace SessionPlatform.Funnel.Tests.Reports.Journeys;

public sealed class PathShaperTests
{
    private static readonly PathRule Products = new() { Pattern = "/p/*", Replacement = "Product" };

    [Fact]
    public void Views_of_one_page_in_a_row_are_one_step_unless_told_otherwise()
    {
        Assert.Equal(["/a", "/b", "/a"], Steps(new(), "/a", "/a", "/b", "/a"));
        Assert.Equal(["/a", "/a", "/b", "/a"], Steps(new() { KeepRepeats = true }, "/a", "/a", "/b", "/a"));
    }

    [Fact]
    public void A_merged_step_is_at_its_first_view()
    {
        var names = new PageNames(new PathShape());
        var steps = new PathShaper(new PathShape(), 5, names).Shape(
            [names.Of("/a"), names.Of("/a"), names.Of("/b"), names.Of("/b")], [0, 10, 20, 30]);
        Assert.Equal([0L, 20L], steps.ToArray().Select(step => step.Offset));
    }

    [Fact]
    public void Paths_are_cleaned_by_the_first_rule_that_matches_and_merged_after_that()
    {
        var shape = new PathShape { Rules = { Products, new PathRule { Pattern = "/p/**" } } };
        Assert.Equal(["/", "Product", "/p/**", "/q"], Steps(shape, "/", "/p/1", "/P/2", "/p/2/more", "/q"));
    }

    [Fact]
    public void Patterns_are_over_the_cleaned_page()
    {
        Assert.Equal(
            ["Product", "/b"], Steps(new() { Rules = { Products }, StartsAt = "product" }, "/a", "/p/1", "/b"));
        Assert.Empty(Steps(new() { Rules = { Products }, StartsAt = "/p/1" }, "/a", "/p/1", "/b"));
    }

    [Fact]
    public void A_path_starts_at_the_first_such_view_and_ends_at_the_last()
    {
        Assert.Equal(["/b", "/c", "/b", "/d"], Steps(new() { StartsAt = "/b" }, "/a", "/b", "/c", "/b", "/d"));
        Assert.Equal(["/a", "/b", "/c", "/b"], Steps(new() { EndsAt = "/b" }, "/a", "/b", "/c", "/b", "/d"));
        Assert.Equal(["/b", "/c"], Steps(new() { StartsAt = "/b", EndsAt = "/c" }, "/a", "/b", "/c", "/d"));
        Assert.Empty(Steps(new() { StartsAt = "/c", EndsAt = "/b" }, "/a", "/b", "/c", "/d"));
        Assert.Empty(Steps(new() { StartsAt = "/x" }, "/a"));
        Assert.Empty(Steps(new() { EndsAt = "/x" }, "/a"));
    }

    [Fact]
    public void A_path_that_passes_a_page_is_whole()
    {
        Assert.Equal(["/a", "/b", "/c"], Steps(new() { Passes = "/b" }, "/a", "/b", "/c"));
        Assert.Empty(Steps(new() { Passes = "/x" }, "/a", "/b", "/c"));
        Assert.Equal(["/c"], Steps(new() { Passes = "/a", StartsAt = "/c" }, "/a", "/b", "/c"));
    }

    [Fact]
    public void What_is_too_long_keeps_its_first_steps_or_its_last_where_it_is_about_the_end()
    {
        Assert.Equal(["/a", "/b"], Steps(new(), 2, "/a", "/b", "/c"));
        Assert.Equal(["/b", "/c"], Steps(new() { EndsAt = "/c" }, 2, "/a", "/b", "/c", "/d"));
        var before = new FunnelPoint { Funnel = "f", Stage = 1, Side = FunnelPoint.Types.Side.Before };
        Assert.Equal(["/b", "/c"], Steps(new() { Funnel = before }, 2, "/a", "/b", "/c"));
    }

    private static IEnumerable<string> Steps(PathShape shape, params string[] pages) => Steps(shape, 10, pages);

    private static IEnumerable<string> Steps(PathShape shape, int length, params string[] pages)
    {
        var names = new PageNames(shape);
        var offsets = Enumerable.Range(0, pages.Length).Select(number => (long)number).ToArray();
        var steps = new PathShaper(shape, length, names).Shape(Array.ConvertAll(pages, names.Of), offsets).ToArray();
        return steps.Select(step => names[step.Page]);
    }
}
