namespace SessionPlatform.Cli;

/// <summary>An error that ends a command. Users see only its message, one line that says what to do.</summary>
internal sealed class CliException(string message) : Exception(message);
