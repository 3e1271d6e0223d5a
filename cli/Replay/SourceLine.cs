namespace SessionPlatform.Cli.Replay;

/// <summary>One line of a file, without its end.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Text">Its bytes; null when it is longer than <see cref="LineSource.MaxLineBytes"/>.</param>
internal readonly record struct SourceLine(long Number, byte[]? Text);
