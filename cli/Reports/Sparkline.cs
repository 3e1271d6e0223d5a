namespace SessionPlatform.Cli.Reports;

/// <summary>A row of numbers as a line of small bars; from 0, so that heights compare.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const char Gap = ' ';

    /// <summary>More numbers than there is room are drawn as means of neighbours.</summary>
    /// <param name="values">Null: nothing to draw there.</param>
    /// <param name="width">Most characters.</param>
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
