namespace SessionPlatform.Cli;

/// <summary>A command cannot go on. The message is one line that says what to do; it is all that people see.</summary>
internal sealed class CliException(string message) : Exception(message);
