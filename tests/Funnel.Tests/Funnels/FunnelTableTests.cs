using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.Tests.Funnels;

public sealed class FunnelTableTests
{
    private static readonly FunnelDefinition Three = new()
    {
        Name = "three",
        Steps = { new FunnelStep { Name = "a" }, new FunnelStep { Name = "b" }, new FunnelStep { Name = "c" } },
    };

    [Fact]
    public void Whoever_got_further_counts_for_the_stages_before()
    {
        var answer = FunnelTable.Of(Three, [99, 5, 3, 2], [99, 4, 2, 1], pending: 7);
        Assert.Equal([10u, 5u, 2u], answer.Stages.Select(stage => stage.Sessions));
        Assert.Equal([7u, 3u, 1u], answer.Stages.Select(stage => stage.Visitors));
        Assert.Equal([0.5, 0.6], answer.Stages.Take(2).Select(stage => stage.DropOffRate));
        Assert.Equal([1.0, 0.5, 0.2], answer.Stages.Select(stage => stage.ConversionRate));
        Assert.False(answer.Stages[2].HasDropOffRate);
        Assert.Equal(7u, answer.PendingSessions);
    }

    [Fact]
    public void Rates_of_nothing_are_absent()
    {
        var answer = FunnelTable.Of(Three, [0, 0, 0, 0], [0, 0, 0, 0], pending: 0);
        Assert.All(answer.Stages, stage => Assert.False(stage.HasDropOffRate || stage.HasConversionRate));

        var oneStage = FunnelTable.Of(Three, [0, 1, 0, 0], [0, 1, 0, 0], pending: 0);
        Assert.Equal(1.0, oneStage.Stages[0].DropOffRate);
        Assert.False(oneStage.Stages[1].HasDropOffRate);
        Assert.Equal(0.0, oneStage.Stages[1].ConversionRate);
    }
}
