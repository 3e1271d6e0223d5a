using Google.Protobuf.Collections;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>The first <see cref="MaxEvents"/> events of a session, as funnels need them.</summary>
internal sealed class SessionTimeline
{
    /// <summary>Events kept.</summary>
    public const int MaxEvents = 2000;

    private readonly List<Entry> _entries = [];

    /// <summary>It is full, and what it holds was not loaded: it can only stay as it is.</summary>
    public bool IsOmitted { get; private init; }

    /// <summary>Whether it takes another event.</summary>
    public bool HasRoom => _entries.Count < MaxEvents && !IsOmitted;

    /// <summary>Takes the next event; there must be room for it.</summary>
    /// <param name="e">The event.</param>
    /// <param name="conversionTypes">As which conversions it counts. Kept, so it must not change.</param>
    public void Add(AcceptedEvent e, string[] conversionTypes) =>
        _entries.Add(new Entry(
            e.Event.Kind, e.Event.Name, e.Path, e.Event.PageCategory, e.OccurredAt, conversionTypes));

    public void WriteTo(RepeatedField<TimelineEvent> timeline)
    {
        timeline.Capacity = _entries.Count;
        foreach (var entry in _entries)
            timeline.Add(entry.ToMessage());
    }

    /// <param name="timeline">What is stored; empty: it was not loaded, as it is full.</param>
    public static SessionTimeline From(RepeatedField<TimelineEvent> timeline)
    {
        var read = new SessionTimeline { IsOmitted = timeline.Count == 0 };
        read._entries.EnsureCapacity(timeline.Count);
        foreach (var e in timeline)
            read._entries.Add(new Entry(
                e.Kind, e.Name, e.Path, e.Category, Microseconds.From(e.At), [.. e.ConversionTypes]));
        return read;
    }

    private readonly record struct Entry(
        string Kind, string Name, string Path, string Category, long At, string[] ConversionTypes)
    {
        public TimelineEvent ToMessage() => new()
        {
            Kind = Kind,
            Name = Name,
            Path = Path,
            Category = Category,
            At = Microseconds.ToTimestamp(At),
            ConversionTypes = { ConversionTypes },
        };
    }
}
