using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Cli.Replay;

/// <summary>The result of parsing a line: an event, a problem, or a line to skip.</summary>
internal readonly record struct ParsedLine(Event? Event, string? Problem)
{
    /// <summary>A valid line that is not a page view.</summary>
    public static readonly ParsedLine Skipped;

    public static ParsedLine Of(Event parsed) => new(parsed, null);

    public static ParsedLine Unreadable(string problem) => new(null, problem);
}
