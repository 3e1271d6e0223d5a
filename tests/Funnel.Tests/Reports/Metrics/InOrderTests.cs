using SessionPlatform.Funnel.Reports.Metrics.Counting;

namespace SessionPlatform.Funnel.Tests.Reports.Metrics;

/// <summary>What counts buckets that come one after the other against what takes any order.</summary>
public sealed class InOrderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Figures_are_the_same_whenever_they_were_copied(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var cells = new Cells(1, random.Next(1, 6));
            var seen = new (int Bucket, int Number)[random.Next(40)];
            for (var index = 0; index < seen.Length; index++)
                seen[index] = (random.Next(cells.Buckets), random.Next(15));
            Array.Sort(seen, (one, other) => one.Bucket.CompareTo(other.Bucket));
            var copiedAt = random.Next(seen.Length + 1);

            var (expected, (first, copy)) = (Distinct(seen, cells), DistinctInOrder(seen, copiedAt));
            Assert.Equal(expected, first.Count(cells));
            Assert.Equal(expected, copy.Count(cells));

            double[] fractions = [0.5, 0.9, random.NextDouble()];
            var (percentiles, (firstOnes, copies)) =
                (Percentiles(seen, fractions, cells), PercentilesInOrder(seen, fractions, copiedAt));
            Assert.Equal(percentiles, firstOnes.Find(cells));
            Assert.Equal(percentiles, copies.Find(cells));
        }
    }

    private static double[] Distinct((int Bucket, int Number)[] seen, Cells cells)
    {
        var counted = new Distinct();
        foreach (var (bucket, number) in seen)
            counted.Add(bucket, number);
        return counted.Count(cells);
    }

    private static (DistinctInOrder First, DistinctInOrder Copy) DistinctInOrder(
        (int Bucket, int Number)[] seen, int copiedAt)
    {
        var first = new DistinctInOrder();
        foreach (var (bucket, number) in seen[..copiedAt])
            first.Add(bucket, number);
        var copy = first.Copy().Copy();
        foreach (var (bucket, number) in seen[copiedAt..])
        {
            first.Add(bucket, number);
            copy.Add(bucket, number);
        }

        return (first, copy);
    }

    private static Dictionary<double, double[]> Percentiles(
        (int Bucket, int Number)[] seen, double[] fractions, Cells cells)
    {
        var counted = new Percentiles(fractions);
        foreach (var (bucket, number) in seen)
            counted.Add(bucket, ValueOf(number));
        return counted.Find(cells);
    }

    private static (PercentilesInOrder First, PercentilesInOrder Copy) PercentilesInOrder(
        (int Bucket, int Number)[] seen, double[] fractions, int copiedAt)
    {
        var first = new PercentilesInOrder(fractions);
        foreach (var (bucket, number) in seen[..copiedAt])
            first.Add(bucket, ValueOf(number));
        var copy = first.Copy();
        foreach (var (index, (bucket, number)) in seen[copiedAt..].Index())
        {
            first.Add(bucket, ValueOf(number));
            copy.Add(bucket, ValueOf(number));
            if (index % 7 == 3)
                copy = copy.Copy();
        }

        return (first, copy);
    }

    // Less than nothing, too, and not only whole ones.
    private static double ValueOf(int number) => (number - 7) / 4d;
}
