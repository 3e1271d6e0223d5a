using System.Globalization;
using System.Text.RegularExpressions;

namespace SessionPlatform.Cli.Parsing;

/// <summary>
/// Parses and formats durations as people type them: <c>90s</c>, <c>30m</c>, <c>24h</c>, <c>7d</c>, <c>1h30m</c>,
/// <c>250ms</c>.
/// </summary>
internal static partial class Durations
{
    /// <summary>Returns the duration, or null when the text is not one.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (!Whole().IsMatch(text))
            return null;
        try
        {
            return Part().Matches(text).Aggregate(TimeSpan.Zero, (sum, part) => sum + ValueOf(part));
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>Returns the shortest text that <see cref="Parse"/> reads back.</summary>
    public static string Format(TimeSpan span)
    {
        if (span == TimeSpan.Zero)
            return "0s";
        var culture = CultureInfo.InvariantCulture;
        var text = "";
        if (span.Days != 0)
            text += string.Create(culture, $"{span.Days}d");
        if (span.Hours != 0)
            text += string.Create(culture, $"{span.Hours}h");
        if (span.Minutes != 0)
            text += string.Create(culture, $"{span.Minutes}m");
        var seconds = (decimal)(span.Ticks % TimeSpan.TicksPerMinute) / TimeSpan.TicksPerSecond;
        return seconds == 0 ? text : text + string.Create(culture, $"{seconds:0.#######}s");
    }

    private static TimeSpan ValueOf(Match part)
    {
        var number = decimal.Parse(
            part.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        var ticks = part.Groups[2].Value switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => TimeSpan.TicksPerDay,
        };
        return TimeSpan.FromTicks(checked((long)(number * ticks)));
    }

    [GeneratedRegex(@"^(?:[0-9]{1,12}(?:\.[0-9]{1,7})?(?:ms|s|m|h|d))+$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")]
    private static partial Regex Part();
}
