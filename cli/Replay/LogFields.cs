namespace SessionPlatform.Cli.Replay;

/// <summary>The fields of a line in the common log format, or the combined one.</summary>
/// <param name="Referrer">Empty when there is none.</param>
/// <param name="UserAgent">Empty when there is none.</param>
internal sealed record LogFields(
    string Host, DateTimeOffset Time, string Method, string Url, int Status, string Referrer, string UserAgent);
