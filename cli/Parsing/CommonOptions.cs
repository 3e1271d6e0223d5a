using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;

namespace SessionPlatform.Cli.Parsing;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string> Site() =>
        new("--site") { HelpName = "SITE", Description = "The site.", Required = true };

    public static Option<bool> Json() =>
        new("--json") { Description = "Print one proto3 JSON document and nothing else." };

    /// <param name="what">The start of the description, before "at or after this time".</param>
    public static Option<Timestamp?> From(string what = "Only what began") => Time(
        "--from", $"{what} at or after this time: RFC 3339, or a date, which stands for its midnight in UTC.", 0);

    /// <param name="what">The start of the description, before "before this time".</param>
    public static Option<Timestamp?> To(string what = "Only what began") => Time(
        "--to", $"{what} before this time: RFC 3339, or a date, which is included as a whole day in UTC.", 1);

    /// <summary>Returns the range; null for all time, when neither option is given.</summary>
    public static TimeRange? Range(ParseResult parsed, Option<Timestamp?> from, Option<Timestamp?> to)
    {
        var range = new TimeRange { From = parsed.GetValue(from), To = parsed.GetValue(to) };
        return range.From is null && range.To is null ? null : range;
    }

    /// <summary>
    /// Creates an option with the values "on" and "off"; a bool option would accept only true and false.
    /// </summary>
    public static Option<string> Switch(string name, string description)
    {
        var option = new Option<string>(name) { HelpName = "on|off", Description = description };
        option.AcceptOnlyFromAmong("on", "off");
        return option;
    }

    private static Option<Timestamp?> Time(string name, string description, int daysAfterDate) => new(name)
    {
        HelpName = "TIME",
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (Times.Parse(text, daysAfterDate) is { } time)
                return time.ToTimestamp();
            result.AddError($"'{text}' is no time: write {name} as 2026-03-01 or 2026-03-01T12:30:00Z.");
            return null;
        },
    };

    /// <summary>Creates an option for a duration such as <c>30m</c>; its value is null when not given.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        HelpName = "SPAN",
        Description = $"{description} As 90s, 30m, 24h, 7d or 1h30m.",
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (Durations.Parse(text) is { } span)
                return span;
            result.AddError($"'{text}' is not a span of time: write {name} as 90s, 30m, 24h or 7d.");
            return null;
        },
    };
}
