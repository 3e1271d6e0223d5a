using Google.Protobuf;
using SessionPlatform.Cli.Simulate;

namespace SessionPlatform.Cli.Tests.Simulate;

public sealed class SimulationTests
{
    private static readonly SimulationOptions Options = new(
        "shop", Seed: 3, new SimulationSize(SimulationUnit.Sessions, 300), Days: 4,
        Until: 1_772_323_200_000_000, LateShare: 0.1, RepeatShare: 0.05);

    [Fact]
    public void Equal_options_give_equal_events_and_another_seed_others()
    {
        Assert.Equal(Simulate(Options), Simulate(Options));
        Assert.NotEqual(Simulate(Options), Simulate(Options with { Seed = 4 }));
    }

    [Fact]
    public void Sample_is_what_the_simulation_gives_today()
    {
        var options = Options with
        {
            Size = new SimulationSize(SimulationUnit.Visitors, 25), Days = 2, Until = 1_772_582_400_000_000,
            LateShare = 0.03, RepeatShare = 0.02,
        };
        Assert.Equal(File.ReadLines(Path.Combine(AppContext.BaseDirectory, "events.jsonl")), Simulate(options));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(777)]
    public void Number_of_different_events_is_exact(int count)
    {
        var options = Options with { Size = new SimulationSize(SimulationUnit.Events, count) };
        Assert.Equal(count, Simulate(options).Distinct().Count());
    }

    [Fact]
    public void Late_and_repeated_events_are_there_and_none_is_in_the_future()
    {
        var events = Arrivals.Of(VisitPlan.Draw(Options), Options).ToList();
        Assert.True(events.DistinctBy(each => each.EventId).Count() < events.Count);
        Assert.Contains(events.Zip(events.Skip(1)), pair => pair.First.ClientTime > pair.Second.ClientTime);
        var times = events.Select(each => each.ClientTime.Seconds * 1_000_000L).ToList();
        Assert.InRange(times.Max(), 0, Options.Until);
        Assert.InRange(times.Min(), Options.Until - Options.Days * 86_400_000_000L - 1_000_000, Options.Until);
    }

    private static List<string> Simulate(SimulationOptions options) =>
        [.. Arrivals.Of(VisitPlan.Draw(options), options).Select(each => JsonFormatter.Default.Format(each))];
}
