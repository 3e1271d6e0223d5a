namespace SessionPlatform.Cli;

/// <summary>0 only when all was done.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    public const int Failed = 1;

    /// <summary>
    /// An audit found differences. The same as <see cref="Failed"/>, which then has a line on standard error, and this
    /// has none.
    /// </summary>
    public const int Differences = 1;

    /// <summary>The command line itself is wrong; nothing was tried.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C, as shells report it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
