using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Common.V1;

namespace SessionPlatform.Cli.Output;

/// <summary>Formats values for tables.</summary>
internal static class Show
{
    private const string Nothing = "–";
    private const string Blocks = " ▏▎▍▌▋▊▉█";

    public static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Count(ulong number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Percent(double? rate) =>
        rate is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.0} %") : Nothing;

    public static string Number(double? number) =>
        number is { } value ? value.ToString("0.00", CultureInfo.InvariantCulture) : Nothing;

    public static string Time(Timestamp time) =>
        time.ToDateTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Rounds to a tenth of a second below an hour and to a second above.</summary>
    public static string Duration(Duration? duration)
    {
        if (duration is null)
            return Nothing;
        var span = duration.ToTimeSpan();
        var unit = span < TimeSpan.FromHours(1) ? TimeSpan.TicksPerSecond / 10 : TimeSpan.TicksPerSecond;
        return Durations.Format(TimeSpan.FromTicks((span.Ticks + (unit / 2)) / unit * unit));
    }

    public static string Money(IEnumerable<Money> amounts)
    {
        var text = string.Join(", ", amounts.Select(money => $"{money.Amount} {money.Currency}"));
        return text.Length > 0 ? text : Nothing;
    }

    /// <summary>
    /// Makes untrusted text safe for a terminal: replaces control characters by a dot and truncates the text to the
    /// given length in UTF-16 characters.
    /// </summary>
    public static string Foreign(string? text, int length = 48)
    {
        if (string.IsNullOrEmpty(text))
            return Nothing;
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= length)
                return shown.Append('…').ToString();
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned)
                shown.Append('·');
            else
                shown.Append(rune.ToString());
        }

        return shown.ToString();
    }

    /// <summary>Draws a bar of block characters with a resolution of an eighth of a character.</summary>
    /// <param name="share">The length as a share of the width, 0-1.</param>
    public static string Bar(double share, int width)
    {
        var eighths = (int)Math.Round(Math.Clamp(share, 0, 1) * width * 8);
        // A share above 0 is always visible.
        if (share > 0)
            eighths = Math.Max(eighths, 1);
        var bar = new string(Blocks[8], eighths / 8);
        return eighths % 8 == 0 ? bar : bar + Blocks[eighths % 8];
    }
}
