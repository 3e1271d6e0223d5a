namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>Reads the data before the first event comes, and says once when there is none.</summary>
internal sealed partial class UserAgentNotice(UserAgentCache userAgents, ILogger<UserAgentNotice> logger)
    : IHostedService
{
    private const string Typical =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
        + "Safari/537.36";

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (userAgents.IsUnknowing)
            Log.NoData(logger);
        // What the first one takes, compiling and all, no event has to wait for.
        userAgents.Of(Typical);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 1201, Level = LogLevel.Warning,
            Message = "There are no data to recognise user agents by: device, system and browser stay empty, and no "
                + "crawler is flagged by its user agent. Install npm and build again.")]
        public static partial void NoData(ILogger logger);
    }
}
