namespace SessionPlatform.Cli;

/// <summary>The exit codes of <c>sp</c>; 0 only on complete success.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    public const int Failed = 1;

    /// <summary>
    /// An audit found differences. The value equals <see cref="Failed"/>, but a failure writes a line to standard error
    /// and this result does not.
    /// </summary>
    public const int Differences = 1;

    /// <summary>The command line is invalid; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>The command was interrupted by Ctrl-C: 128 + SIGINT, as shells report it.</summary>
    public const int Interrupted = 130;
}
