using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Reports.Journeys;

namespace SessionPlatform.Funnel.Tests.Reports.Journeys;

public sealed class PathTallyTests
{
    private readonly PageNames names = new(new PathShape());
    private readonly DeviceNames devices = new();
    private readonly PersonNumbers persons = new();

    [Fact]
    public void A_path_has_its_sessions_visitors_time_and_conversions()
    {
        var tally = new PathTally(names, minLength: 2, devices);
        Add(tally, Session("v", "mobile", true), ("/a", 0), ("/b", 1_000_001));
        Add(tally, Session("v", "desktop", false), ("/a", 5), ("/b", 5));
        Add(tally, Session("w", "desktop", false), ("/a", 10), ("/b", 11));
        Add(tally, Session("w", "", false), ("/a", 10));

        var result = tally.Result(10);
        Assert.Equal((3u, 1u), (result.Sessions, result.DistinctPaths));
        var path = Assert.Single(result.Paths);
        Assert.Equal(["/a", "/b"], path.Pages);
        Assert.Equal((3u, 2u), (path.Sessions, path.Visitors));
        // 1,000,002 µs over three sessions.
        Assert.Equal(new Duration { Nanos = 333_334_000 }, path.AverageTime);
        Assert.Equal(1 / 3.0, path.ConversionRate);
        Assert.Equal(
            [
                new PathDevice { DeviceType = "desktop", Sessions = 2, ConversionRate = 0 },
                new PathDevice { DeviceType = "mobile", Sessions = 1, ConversionRate = 1 },
            ],
            path.Devices);
    }

    [Fact]
    public void The_most_frequent_come_first_then_by_their_pages()
    {
        var tally = new PathTally(names, minLength: 1, devices: null);
        foreach (var pages in new[] { "/b", "/a /b", "/a", "/c /c", "/c /c", "/b", "/z" })
            Add(tally, Session(pages, "", false), [.. pages.Split(' ').Select(page => (page, 0L))]);

        var result = tally.Result(4);
        Assert.Equal(["/b", "/c /c", "/a", "/a /b"], result.Paths.Select(path => string.Join(' ', path.Pages)));
        Assert.Equal([1u, 1u, 1u, 1u], result.Paths.Select(path => path.Visitors));
        Assert.Equal((7u, 5u), (result.Sessions, result.DistinctPaths));
    }

    [Fact]
    public void Going_on_from_a_tally_counts_as_one_that_counts_everything()
    {
        var random = new Random(6);
        for (var round = 0; round < 40; round++)
        {
            var all = new PathTally(names, minLength: 1, devices);
            var first = new PathTally(names, minLength: 1, devices);
            AddRandom(random, random.Next(60), all, first);
            first.Close();
            var second = first.GoOn(names, devices);
            AddRandom(random, random.Next(60), all, second);
            second.Close();
            var third = second.GoOn(names, devices);
            // Another one that goes on at the same time is of no concern.
            AddRandom(random, 20, second.GoOn(names, devices));
            AddRandom(random, random.Next(60), all, third);
            Assert.Equal((all.Sessions, all.Distinct), (third.Sessions, third.Distinct));
            foreach (var limit in new[] { 1, 3, 10, 100 })
                Assert.Equal(all.Result(limit), third.Result(limit));
        }
    }

    private void AddRandom(Random random, int sessions, params PathTally[] tallies)
    {
        for (; sessions > 0; sessions--)
        {
            var session = Session($"{random.Next(15)}", random.Next(2) == 0 ? "mobile" : "", random.Next(3) == 0);
            (string, long)[] views =
                [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => ($"/{random.Next(3)}", random.NextInt64(1_000)))];
            foreach (var tally in tallies)
                Add(tally, session, views);
        }
    }

    // Any different numbers do for different persons.
    private JourneySession Session(string person, string device, bool converted) =>
        new(persons.NumberOf(person), devices.Of(device), converted);

    private void Add(PathTally tally, JourneySession session, params (string Page, long Offset)[] views) =>
        tally.Add([.. views.Select(view => new PathStep(names.Of(view.Page), view.Offset))], session);
}
