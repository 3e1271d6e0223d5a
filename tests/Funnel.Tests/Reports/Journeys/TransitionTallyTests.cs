using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Funnel.Reports.Journeys;

namespace SessionPlatform.Funnel.Tests.Reports.Journeys;

public sealed class TransitionTallyTests
{
    [Fact]
    public void Each_step_says_where_sessions_go_and_where_they_end()
    {
        var result = Result(new PathShape(), 3, 10, ("v", "/a /b /c /d"), ("v", "/a /b"), ("w", "/a"));
        Assert.Equal(3u, result.Sessions);
        Assert.Equal(
            [
                "1 /a → /b: 2 by 1", "1 /a → end: 1 by 1",
                // Three steps are looked at: what comes after the third is no matter.
                "2 /b → /c: 1 by 1", "2 /b → end: 1 by 1",
            ],
            result.Transitions.Select(Text));
    }

    [Fact]
    public void Paths_to_an_end_are_counted_back_from_it()
    {
        var result = Result(new PathShape { EndsAt = "/z" }, 3, 10, ("v", "/a /b /z"), ("w", "/b /z /x"), ("x", "/z"));
        Assert.Equal(3u, result.Sessions);
        Assert.Equal(["1 /a → /b: 1 by 1", "2 /b → /z: 2 by 2"], result.Transitions.Select(Text));
    }

    [Fact]
    public void Pages_that_are_not_listed_are_one_other()
    {
        var result = Result(
            new PathShape(), 3, 1, ("v", "/a /b"), ("v", "/a /c"), ("w", "/x /b"), ("w", "/y /d"), ("v", "/y"));
        // At step 1 "/a" and "/y" have two sessions each: the first by name is listed.
        Assert.Equal(
            [
                "1 /a → /b: 1 by 1", "1 /a → other: 1 by 1", "1 other → /b: 1 by 1", "1 other → other: 1 by 1",
                "1 other → end: 1 by 1", "2 /b → end: 2 by 2", "2 other → end: 2 by 2",
            ],
            result.Transitions.Select(Text));
    }

    private static GetTransitionsResponse Result(
        PathShape shape, int length, int limit, params (string Visitor, string Pages)[] sessions)
    {
        var names = new PageNames(shape);
        var shaper = new PathShaper(shape, length, names);
        var tally = new TransitionTally(names, length, shaper.KeepsLast);
        foreach (var (visitor, pages) in sessions)
        {
            var views = Array.ConvertAll(pages.Split(' '), names.Of);
            tally.Add(shaper.Shape(views, new long[views.Length]), new JourneySession(visitor[0], 0, false));
        }

        return tally.Result(limit);
    }

    private static string Text(Transition row)
    {
        var from = row.FromOther ? "other" : row.From;
        var to = row.ToOther ? "other" : row.HasTo ? row.To : "end";
        return $"{row.Step} {from} → {to}: {row.Sessions} by {row.Visitors}";
    }
}
