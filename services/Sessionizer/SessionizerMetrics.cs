using System.Diagnostics.Metrics;
using SessionPlatform.Sessionizer.Sessionizing;
using SessionPlatform.Sessionizer.Sessions;

namespace SessionPlatform.Sessionizer;

/// <summary>What the Sessionizer counts; meter <c>SessionPlatform.Sessionizer</c>.</summary>
internal sealed class SessionizerMetrics
{
    private readonly Counter<long> _stored;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _late;
    private readonly Counter<long> _clamped;
    private readonly Counter<long> _extended;
    private readonly Counter<long> _retracted;
    private readonly Counter<long> _merged;
    private readonly Counter<long> _split;
    private readonly Counter<long> _recomputed;
    private readonly Counter<long> _lateStreams;
    private readonly Counter<long> _published;
    private readonly Counter<long> _closed;

    public SessionizerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("SessionPlatform.Sessionizer");
        _stored = meter.CreateCounter<long>("sessionizer.events.stored", "{event}", "Events stored and sessionized");
        _duplicates = meter.CreateCounter<long>(
            "sessionizer.events.duplicate", "{event}", "Events dropped as duplicates");
        _late = meter.CreateCounter<long>(
            "sessionizer.events.late", "{event}",
            "Events that came behind a later one of their stream, by the greatest lateness of their class");
        _clamped = meter.CreateCounter<long>(
            "sessionizer.events.clock_clamped", "{event}", "Events whose time was set to that of their receipt");
        _extended = meter.CreateCounter<long>(
            "sessionizer.sessions.extended", "{session}", "Sessions that late events were added to");
        _retracted = meter.CreateCounter<long>(
            "sessionizer.sessions.retracted", "{session}", "Sessions that late events ended");
        _merged = meter.CreateCounter<long>(
            "sessionizer.sessions.merged", "{session}", "Sessions that late events made part of another");
        _split = meter.CreateCounter<long>(
            "sessionizer.sessions.split", "{session}", "Sessions that late events cut off from another");
        _recomputed = meter.CreateCounter<long>(
            "sessionizer.streams.recomputed", "{stream}", "Streams computed anew by changed rules");
        _lateStreams = meter.CreateCounter<long>(
            "sessionizer.streams.refolded", "{stream}", "Times that a batch brought a stream late events");
        _published = meter.CreateCounter<long>(
            "sessionizer.sessions.published", "{session}", "Session facts published");
        _closed = meter.CreateCounter<long>("sessionizer.sessions.closed", "{session}", "Sessions closed");
    }

    public void Applied(Arrivals arrivals, int lateStreams)
    {
        foreach (var counts in arrivals.Counts.Values)
        {
            _stored.Add(counts.Events);
            _duplicates.Add(counts.Duplicates);
            for (var index = 0; index < Lateness.Classes; index++)
            {
                if (counts.Late[index] > 0)
                    _late.Add(counts.Late[index], new KeyValuePair<string, object?>("late.class", Lateness.NameOf(index)));
            }

            _clamped.Add(counts.ClockClamped);
            _extended.Add(counts.Extended);
            _retracted.Add(counts.Retracted);
            _merged.Add(counts.Merged);
            _split.Add(counts.Split);
        }

        _lateStreams.Add(lateStreams);
    }

    public void Recomputed(int streams) => _recomputed.Add(streams);

    public void Published(int sessions) => _published.Add(sessions);

    public void Closed(int sessions) => _closed.Add(sessions);
}
