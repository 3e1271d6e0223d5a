using SessionPlatform.Ingestion.Buffers;
using SessionPlatform.Ingestion.Requests;
using SessionPlatform.Ingestion.Steps;

namespace SessionPlatform.Ingestion.Intake;

/// <summary>
/// Sums up the events of calls that were refused for their key, and publishes the sums once a second: however many
/// calls
/// strangers make, they cause one record a second and site. Best effort: nobody was promised anything.
/// </summary>
internal sealed partial class RefusedCalls(
    EventPublisher publisher, IngestionMetrics metrics, TimeProvider time, ILogger<RefusedCalls> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Lock sync = new();

    // By site, of which there are only so many; empty: the key is not known.
    private Dictionary<string, int> sums = [];

    /// <summary>Counts a refused call.</summary>
    /// <param name="siteId">Site of the key; empty when the key is not known.</param>
    /// <param name="events">How many events it held.</param>
    public void Add(string siteId, int events)
    {
        if (events == 0)
            return;
        metrics.Rejected(RejectedEvents.WrongKey, events);
        lock (sync)
            sums[siteId] = (int)Math.Min(int.MaxValue, (long)sums.GetValueOrDefault(siteId) + events);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await PublishAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping. What was counted last goes with the flush of the publisher, which stops after this service.
            await PublishAsync(CancellationToken.None);
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, int> taken;
        lock (sync)
        {
            if (sums.Count == 0)
                return;
            (taken, sums) = (sums, []);
        }
        var submission = await publisher.OpenAsync(0, cancellationToken);
        var now = Micros.Of(time.GetUtcNow());
        foreach (var (siteId, events) in taken)
            publisher.Add(RejectedEvents.Several(siteId, RejectedEvents.WrongKey, events, now), submission);
        submission.EndShare();
        if (await submission.Completion.WaitAsync(cancellationToken) is { } failure)
            Log.NotRecorded(logger, failure, taken.Values.Sum(events => (long)events));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Events} refused events could not be recorded")]
        public static partial void NotRecorded(ILogger logger, Exception exception, long events);
    }
}
