using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Query.Waiting;

namespace SessionPlatform.Query.Tests.Waiting;

public sealed class WatchedCheckpointsTests
{
    [Fact]
    public void However_many_are_placed_few_are_watched_the_first_and_the_last_among_them()
    {
        var watched = new WatchedCheckpoints();
        for (var number = 1; number <= 1000; number++)
        {
            watched.Add(new Checkpoint($"{number}", 4));

            Assert.InRange(watched.Count, 1, WatchedCheckpoints.MaxCount);
            Assert.Equal("1", watched.First().Id);
            Assert.Equal($"{number}", watched.Last().Id);
        }
    }

    [Fact]
    public void The_furthest_is_that_of_the_latest_phase_and_the_least_left()
    {
        var watched = new WatchedCheckpoints();
        Assert.Null(watched.Furthest);
        watched.Add(new Checkpoint("a", 4) { Progress = new(WaitResponse.Types.Phase.Sessionizing, 1) });
        watched.Add(new Checkpoint("b", 4) { Progress = new(WaitResponse.Types.Phase.Applying, 4) });
        watched.Add(new Checkpoint("c", 4) { Progress = new(WaitResponse.Types.Phase.Applying, 2) });

        Assert.Equal(new CheckpointProgress(WaitResponse.Types.Phase.Applying, 2), watched.Furthest);
    }
}
