using System.CommandLine;

namespace SessionPlatform.Cli.Parsing;

/// <summary>Options that several commands share, so that they read the same everywhere.</summary>
internal static class CommonOptions
{
    public static Option<string> Site() =>
        new("--site") { HelpName = "SITE", Description = "The site.", Required = true };

    public static Option<bool> Json() =>
        new("--json") { Description = "Print one proto3 JSON document and nothing else." };

    /// <summary>A span of time like <c>30m</c>; null when not given.</summary>
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
