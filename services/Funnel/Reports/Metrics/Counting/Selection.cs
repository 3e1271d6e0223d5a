using System.Numerics;

namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>Finds a value by its place in the order without putting all in order.</summary>
internal static class Selection
{
    // Of fewer the order is found by sorting them.
    private const int Few = 16;

    /// <summary>
    /// The value of a place in the order. Puts it there, none that is greater before it, and none that is less behind.
    /// </summary>
    public static T ValueAt<T>(Span<T> values, int place)
        where T : INumber<T>
    {
        var (first, last) = (0, values.Length - 1);
        // Each round mostly leaves less than two thirds; values against which that fails are sorted.
        for (var rounds = 4 * int.Log2(values.Length | 1); last - first >= Few && rounds > 0; rounds--)
        {
            var pivot = Middle(values[first], values[first + ((last - first) / 2)], values[last]);
            var (left, right) = (first, last);
            while (left <= right)
            {
                while (values[left] < pivot)
                    left++;
                while (values[right] > pivot)
                    right--;
                if (left > right)
                    break;
                (values[left], values[right]) = (values[right], values[left]);
                left++;
                right--;
            }

            if (place <= right)
                last = right;
            else if (place >= left)
                first = left;
            else
                return values[place];
        }

        values[first..(last + 1)].Sort();
        return values[place];
    }

    /// <summary>The least of at least one value.</summary>
    public static T Least<T>(ReadOnlySpan<T> values)
        where T : INumber<T>
    {
        var least = values[0];
        foreach (var value in values)
            least = T.Min(least, value);
        return least;
    }

    private static T Middle<T>(T one, T two, T three)
        where T : INumber<T> =>
        T.Max(T.Min(one, two), T.Min(T.Max(one, two), three));
}
