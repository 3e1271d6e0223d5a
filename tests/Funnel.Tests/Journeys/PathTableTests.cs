using SessionPlatform.Funnel.Journeys;

namespace SessionPlatform.Funnel.Tests.Journeys;

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
    public void A_copy_goes_its_own_way()
    {
        var table = new PathTable();
        Assert.Equal(0, table.NumberOf([1, 2]));
        var copy = table.Copy();
        Assert.Equal(1, copy.NumberOf([3]));
        Assert.Equal(1, table.NumberOf([4, 5]));
        Assert.Equal(0, copy.NumberOf([1, 2]));
        Assert.Equal([3], copy[1].ToArray());
        Assert.Equal([4, 5], table[1].ToArray());
        Assert.Equal((2, 2), (copy.Count, table.Count));
    }
}
