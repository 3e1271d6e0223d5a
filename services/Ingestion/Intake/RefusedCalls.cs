using SessionPlatform.Ingestion.Buffers;
using SessionPlatform.Ingestion.Requests;
using SessionPlatform.Ingestion.Steps;
using SessionPlatform.Ingestion.Telemetry;

namespace SessionPlatform.Ingestion.Intake;

/// <summary>
/// Adds up the events of calls that were refused for their key, and publishes the sums once a second: whatever the
/// number of calls, they cause one record per second and site. Best effort, since no refused call was acknowledged.
/// </summary>
internal sealed partial class RefusedCalls(
    EventPublisher publisher, IngestionMetrics metrics, TimeProvider time, ILogger<RefusedCalls> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Lock sync = new();

    // By site id, empty for an unknown key; bounded by the number of sites.
    private Dictionary<string, int> sums = [];

    /// <summary>Counts a refused call.</summary>
    /// <param name="siteId">Site of the key; empty when the key is unknown.</param>
    /// <param name="events">Number of events in the call.</param>
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
            // The last sums are flushed by the publisher, which stops after this service.
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
        [LoggerMessage(1101, LogLevel.Warning, "{Events} events of refused calls could not be recorded.")]
        public static partial void NotRecorded(ILogger logger, Exception exception, long events);
    }
}
