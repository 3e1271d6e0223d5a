using SessionPlatform.Funnel.Reports.Journeys;

namespace SessionPlatform.Funnel.Tests.Reports.Journeys;

public sealed class PathTableTests
{
    [Fact]
    public void Equal_paths_have_one_number_and_different_ones_have_others()
    {
        var random = new Random(3);
        var table = new PathTable();
        var numbers = new Dictionary<string, int>();
        for (var added = 0; added < 20_000; added++)
        {
            // Few pages: about half of the paths have been there before.
            int[] path = [.. Enumerable.Range(0, random.Next(0, 8)).Select(_ => random.Next(6))];
            var text = string.Join(' ', path);
            if (!numbers.TryGetValue(text, out var number))
                numbers[text] = number = numbers.Count;
            Assert.Equal(number, table.NumberOf(path));
            Assert.Equal(path, table[number].ToArray());
        }

        Assert.Equal(numbers.Count, table.Count);
    }

    [Fact]
    public void Tables_over_another_keep_its_numbers_and_go_their_own_ways()
    {
        var below = new PathTable();
        Assert.Equal((0, 1), (below.NumberOf([1, 2]), below.NumberOf([])));
        var (one, other) = (new PathTable(below), new PathTable(below));
        Assert.Equal((2, 0), (one.NumberOf([3]), one.NumberOf([1, 2])));
        Assert.Equal((2, 3, 1), (other.NumberOf([4, 5]), other.NumberOf([3]), other.NumberOf([])));
        Assert.Equal([1, 2], one[0].ToArray());
        Assert.Equal([3], one[2].ToArray());
        Assert.Equal([4, 5], other[2].ToArray());
        var above = new PathTable(other);
        Assert.Equal((0, 3, 4), (above.NumberOf([1, 2]), above.NumberOf([3]), above.NumberOf([6])));
        Assert.Equal((3, 4, 5), (one.Count, other.Count, above.Count));
    }
}
