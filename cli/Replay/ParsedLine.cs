using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Cli.Replay;

/// <summary>What a line turned out to be: an event, a reason why it cannot be read, or nothing that counts.</summary>
internal readonly record struct ParsedLine(Event? Event, string? Problem)
{
    /// <summary>Readable, but no page view.</summary>
    public static readonly ParsedLine Skipped;

    public static ParsedLine Of(Event parsed) => new(parsed, null);

    public static ParsedLine Unreadable(string problem) => new(null, problem);
}
