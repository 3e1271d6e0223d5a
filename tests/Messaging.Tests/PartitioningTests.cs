namespace SessionPlatform.Messaging.Tests;

public sealed class PartitioningTests
{
    [Theory]
    [InlineData("shop", "visitor-1", 4, 0)]
    [InlineData("shop", "visitor-2", 4, 1)]
    [InlineData("shop", "", 4, 2)]
    [InlineData("nasa", "burger.letters.com", 4, 1)]
    [InlineData("shop", "bésucher ☃", 256, 52)]
    public void A_stream_stays_in_its_partition_in_every_version(
        string site, string stream, int partitions, int expected)
    {
        Assert.Equal(expected, Partitioning.Of(site, stream, partitions));
    }

    [Fact]
    public void Streams_spread_evenly()
    {
        var counts = new int[4];
        for (var i = 0; i < 40_000; i++)
            counts[Partitioning.Of("shop", $"visitor-{i}", 4)]++;

        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void The_border_between_site_and_stream_counts()
    {
        var same = Enumerable.Range(0, 100)
            .Count(i => Partitioning.Of("a", $"b{i}", 256) == Partitioning.Of("ab", $"{i}", 256));

        Assert.InRange(same, 0, 10);
    }

    [Fact]
    public void Long_stream_keys_are_taken_as_they_are()
    {
        var key = new string('x', 10_000);

        Assert.InRange(Partitioning.Of("shop", key, 7), 0, 6);
        Assert.NotEqual(Partitioning.Of("shop", key, 256), Partitioning.Of("shop", key + "x", 256));
    }
}
