using SessionPlatform.Cli.Reports;

namespace SessionPlatform.Cli.Tests.Reports;

public sealed class SparklineTests
{
    [Fact]
    public void Heights_are_from_zero_to_the_most() => Assert.Equal("▁▃▅█", Sparkline.Of([0, 2, 4, 7], 10));

    [Fact]
    public void What_is_not_there_is_a_gap() => Assert.Equal("█ ▁", Sparkline.Of([1, null, 0], 10));

    [Fact]
    public void More_points_than_there_is_room_are_drawn_as_means() =>
        Assert.Equal("▁█", Sparkline.Of([0, 0, 7, 9], 2));

    [Fact]
    public void Nothing_draws_nothing()
    {
        Assert.Equal("", Sparkline.Of([], 10));
        Assert.Equal("▁▁", Sparkline.Of([0, 0], 10));
        Assert.Equal("  ", Sparkline.Of([null, null], 10));
    }
}
