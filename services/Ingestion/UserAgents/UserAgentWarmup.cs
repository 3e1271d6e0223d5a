namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>Loads the user-agent data at start, and logs a warning when there is none.</summary>
internal sealed partial class UserAgentWarmup(UserAgentCache userAgents, ILogger<UserAgentWarmup> logger)
    : IHostedService
{
    private const string Typical =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
        + "Safari/537.36";

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (userAgents.IsEmpty)
            Log.NoData(logger);
        // Compiles the regular expressions of a usual user agent, so that the first event does not wait for it.
        userAgents.GetOrParse(Typical);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 1201, Level = LogLevel.Warning,
            Message = "No user-agent data is installed: device, system and browser stay empty, and no crawler is "
                + "recognised by its user agent. Install npm and build again.")]
        public static partial void NoData(ILogger logger);
    }
}
