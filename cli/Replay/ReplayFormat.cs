namespace SessionPlatform.Cli.Replay;

/// <summary>The format of the lines of a file.</summary>
internal enum ReplayFormat
{
    /// <summary>Each line is an <c>Event</c> in the proto3 JSON mapping.</summary>
    JsonLines,

    /// <summary>The common or the combined log format of web servers.</summary>
    CommonLog,
}
