namespace SessionPlatform.Cli.Replay;

/// <summary>How the lines of a file are to be read.</summary>
internal enum ReplayFormat
{
    /// <summary>Each line an <c>Event</c> in the proto3 JSON mapping.</summary>
    JsonLines,

    /// <summary>The common or the combined log format of web servers.</summary>
    CommonLog,
}
