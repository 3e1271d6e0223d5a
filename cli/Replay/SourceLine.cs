namespace SessionPlatform.Cli.Replay;

/// <summary>A line of a file without its line break.</summary>
/// <param name="Number">The line number, from 1.</param>
/// <param name="Text">The bytes of the line; null when it is longer than <see cref="LineSource.MaxLineBytes"/>.</param>
internal readonly record struct SourceLine(long Number, byte[]? Text);
