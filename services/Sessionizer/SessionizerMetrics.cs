using System.Diagnostics.Metrics;

namespace SessionPlatform.Sessionizer;

/// <summary>What the Sessionizer counts; meter <c>SessionPlatform.Sessionizer</c>.</summary>
internal sealed class SessionizerMetrics
{
    private readonly Counter<long> _stored;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _lateStreams;
    private readonly Counter<long> _published;
    private readonly Counter<long> _closed;

    public SessionizerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("SessionPlatform.Sessionizer");
        _stored = meter.CreateCounter<long>("sessionizer.events.stored", "{event}", "Events stored and sessionized");
        _duplicates = meter.CreateCounter<long>(
            "sessionizer.events.duplicate", "{event}", "Events dropped as duplicates");
        _lateStreams = meter.CreateCounter<long>(
            "sessionizer.streams.refolded", "{stream}", "Times that a batch brought a stream late events");
        _published = meter.CreateCounter<long>(
            "sessionizer.sessions.published", "{session}", "Session facts published");
        _closed = meter.CreateCounter<long>("sessionizer.sessions.closed", "{session}", "Sessions closed");
    }

    public void Stored(int events, int duplicates, int lateStreams)
    {
        _stored.Add(events);
        _duplicates.Add(duplicates);
        _lateStreams.Add(lateStreams);
    }

    public void Published(int sessions) => _published.Add(sessions);

    public void Closed(int sessions) => _closed.Add(sessions);
}
