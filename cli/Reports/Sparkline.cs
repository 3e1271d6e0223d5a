namespace SessionPlatform.Cli.Reports;

/// <summary>Draws numbers as a line of small bars that start from 0, so that their heights are comparable.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const char Gap = ' ';

    /// <summary>Draws the values; when they exceed the width, each bar is the mean of adjacent values.</summary>
    /// <param name="values">The values; null leaves a gap.</param>
    /// <param name="width">The maximum width in characters.</param>
    public static string Of(IReadOnlyList<double?> values, int width)
    {
        var count = Math.Min(values.Count, width);
        var drawn = Enumerable.Range(0, count)
            .Select(index => Mean(values, index * values.Count / count, (index + 1) * values.Count / count))
            .ToArray();
        var most = drawn.Max() ?? 0;
        return string.Concat(drawn.Select(value => Of(value, most)));
    }

    private static char Of(double? value, double most)
    {
        if (value is not { } number)
            return Gap;
        return most > 0 ? Bars[(int)Math.Round(Math.Clamp(number / most, 0, 1) * (Bars.Length - 1))] : Bars[0];
    }

    private static double? Mean(IReadOnlyList<double?> values, int from, int to)
    {
        var (sum, count) = (0.0, 0);
        for (var index = from; index < to; index++)
        {
            if (values[index] is not { } value)
                continue;
            sum += value;
            count++;
        }

        return count > 0 ? sum / count : null;
    }
}
