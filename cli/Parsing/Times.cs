using System.Globalization;
using System.Text.RegularExpressions;

namespace SessionPlatform.Cli.Parsing;

/// <summary>Parses times as people type them: RFC 3339 with its offset, or a date.</summary>
internal static partial class Times
{
    private const string DateFormat = "yyyy-MM-dd";

    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Returns the time; null when the text is neither.</summary>
    /// <param name="daysAfterDate">Days to add to a date: 1 for the end of a range that includes the day.</param>
    public static DateTimeOffset? Parse(string text, int daysAfterDate = 0)
    {
        if (ParseDate(text) is { } date)
        {
            return date.DayNumber + daysAfterDate > DateOnly.MaxValue.DayNumber
                ? null
                : new DateTimeOffset(date.AddDays(daysAfterDate), TimeOnly.MinValue, TimeSpan.Zero);
        }

        // A time without an offset is ambiguous.
        if (!Offset().IsMatch(text))
            return null;
        return DateTimeOffset.TryParseExact(
            text.ToUpperInvariant(), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time.ToUniversalTime()
            : null;
    }

    /// <summary>Returns the date; null when the text is not one.</summary>
    public static DateOnly? ParseDate(string text) =>
        DateOnly.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    [GeneratedRegex("(?:[zZ]|[+-][0-9]{2}:[0-9]{2})$")]
    private static partial Regex Offset();
}
