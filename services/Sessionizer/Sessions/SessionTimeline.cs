using System.Text;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>
/// The first <see cref="MaxEvents"/> events of a session, as funnels need them; the first of those with their
/// properties, up to <see cref="MaxPropertyBytes"/> together.
/// </summary>
internal sealed class SessionTimeline
{
    /// <summary>Events kept.</summary>
    public const int MaxEvents = 2000;

    /// <summary>Bytes of keys and texts of properties kept, of whole events.</summary>
    public const int MaxPropertyBytes = 256 * 1024;

    private readonly List<Entry> _entries = [];

    /// <summary>It is full, and what it holds was not loaded: it can only stay as it is.</summary>
    public bool IsOmitted { get; private init; }

    /// <summary>Whether it takes another event.</summary>
    public bool HasRoom => _entries.Count < MaxEvents && !IsOmitted;

    /// <summary>
    /// Bytes of keys and texts of its events' properties, the first event included with which they are too many: no
    /// later one keeps its own, however few, so that whoever reads them knows from where on they are missing.
    /// </summary>
    public int PropertyBytes { get; private set; }

    /// <summary>Takes the next event; there must be room for it.</summary>
    /// <param name="e">The event.</param>
    /// <param name="conversionTypes">As which conversions it counts. Kept, so it must not change.</param>
    public void Add(AcceptedEvent e, string[] conversionTypes) =>
        _entries.Add(new Entry(
            e.Event.Kind, e.Event.Name, e.Path, e.Event.PageCategory, e.OccurredAt, conversionTypes,
            Kept(e.Event.Properties)));

    public void WriteTo(RepeatedField<TimelineEvent> timeline)
    {
        timeline.Capacity = _entries.Count;
        foreach (var entry in _entries)
            timeline.Add(entry.ToMessage());
    }

    /// <param name="timeline">What is stored; empty: it was not loaded, as it is full.</param>
    /// <param name="propertyBytes">As <see cref="PropertyBytes"/>.</param>
    public static SessionTimeline From(RepeatedField<TimelineEvent> timeline, int propertyBytes)
    {
        var read = new SessionTimeline { IsOmitted = timeline.Count == 0, PropertyBytes = propertyBytes };
        read._entries.EnsureCapacity(timeline.Count);
        foreach (var e in timeline)
            read._entries.Add(new Entry(
                e.Kind, e.Name, e.Path, e.Category, Microseconds.From(e.At), [.. e.ConversionTypes],
                e.Properties.Count > 0 ? e.Properties : null));
        return read;
    }

    private MapField<string, Value>? Kept(MapField<string, Value> properties)
    {
        if (properties.Count == 0 || PropertyBytes > MaxPropertyBytes)
            return null;
        foreach (var (key, value) in properties)
            PropertyBytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value.StringValue);
        return PropertyBytes <= MaxPropertyBytes ? properties : null;
    }

    /// <param name="Properties">Null: none.</param>
    private readonly record struct Entry(
        string Kind,
        string Name,
        string Path,
        string Category,
        long At,
        string[] ConversionTypes,
        MapField<string, Value>? Properties)
    {
        public TimelineEvent ToMessage()
        {
            var message = new TimelineEvent
            {
                Kind = Kind,
                Name = Name,
                Path = Path,
                Category = Category,
                At = Microseconds.ToTimestamp(At),
                ConversionTypes = { ConversionTypes },
            };
            if (Properties is not null)
                message.Properties.Add(Properties);
            return message;
        }
    }
}
