using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Journeys;

namespace SessionPlatform.Funnel.Tests.Journeys;

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

    // Any different numbers do for different persons.
    private JourneySession Session(string person, string device, bool converted) =>
        new(persons.NumberOf(person), devices.Of(device), converted);

    private void Add(PathTally tally, JourneySession session, params (string Page, long Offset)[] views) =>
        tally.Add([.. views.Select(view => new PathStep(names.Of(view.Page), view.Offset))], session);
}
