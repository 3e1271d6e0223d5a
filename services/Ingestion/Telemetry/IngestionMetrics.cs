using System.Diagnostics.Metrics;

namespace SessionPlatform.Ingestion.Telemetry;

/// <summary>Metrics of the service. None of them identifies who sent what.</summary>
internal sealed class IngestionMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "SessionPlatform.Ingestion";

    private readonly Meter meter;
    private readonly Counter<long> accepted;
    private readonly Counter<long> rejected;
    private readonly Counter<long> clamped;
    private readonly Counter<long> backpressureRetries;
    private readonly Histogram<double> publishDuration;
    private readonly Histogram<int> messageEvents;

    public IngestionMetrics(IMeterFactory meters)
    {
        meter = meters.Create(MeterName);
        accepted = meter.CreateCounter<long>(
            "sessionplatform.ingestion.accepted", "{event}", "Events that are durable in the broker.");
        rejected = meter.CreateCounter<long>(
            "sessionplatform.ingestion.rejected", "{event}", "Events that were rejected, by reason.");
        clamped = meter.CreateCounter<long>(
            "sessionplatform.ingestion.clock_clamped", "{event}",
            "Accepted events whose time was set to the time of receipt.");
        backpressureRetries = meter.CreateCounter<long>(
            "sessionplatform.ingestion.held", "{attempt}",
            "Attempts to publish that found the queue full; the message is held and retried.");
        publishDuration = meter.CreateHistogram<double>(
            "sessionplatform.ingestion.publish.duration", "s", "From handing a message to the broker to its confirm.");
        messageEvents = meter.CreateHistogram<int>(
            "sessionplatform.ingestion.message.events", "{event}", "Events of a message.");
    }

    /// <summary>Publishes the bytes of requests that are being processed.</summary>
    public void ObservePending(Func<long> bytes) => meter.CreateObservableGauge(
        "sessionplatform.ingestion.pending", bytes, "By", "Bytes of requests that wait for the broker's confirms.");

    public void Accepted(int events, int clampedEvents)
    {
        if (events > 0)
            accepted.Add(events);
        if (clampedEvents > 0)
            clamped.Add(clampedEvents);
    }

    public void Rejected(string reason, int events) =>
        rejected.Add(events, new KeyValuePair<string, object?>("reason", reason));

    public void BackpressureRetry() => backpressureRetries.Add(1);

    public void Published(TimeSpan duration, int events)
    {
        publishDuration.Record(duration.TotalSeconds);
        messageEvents.Record(events);
    }
}
