using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.FunnelReports.Attempts;

namespace SessionPlatform.Funnel.FunnelReports.Scanning;

/// <summary>The sessions of a chunk, as far as a funnel looks at them.</summary>
/// <param name="chunk">With starts and visitors.</param>
/// <param name="persons">Whose each session is.</param>
/// <param name="read">Which sessions are looked at.</param>
/// <param name="selected">Which of them the report is about; others only tell what happened for the first time.</param>
/// <param name="values">Of the breakdown, by session; null: there is none.</param>
/// <param name="ids">Of sessions; null: they come in the order of time.</param>
internal sealed class ScannedChunk(
    Chunk chunk,
    int[] persons,
    bool[] read,
    bool[] selected,
    int[]? values,
    Guid[]? ids,
    PackedMarks marks)
{
    private readonly long[] starts = chunk.Values(FactColumns.StartedAt);
    private readonly int[] begins = PrefixSum.Offsets(ColumnEncoding.Decode<int>(marks.Counts));
    private readonly int[] visitors = chunk.Values(FactColumns.Visitor);

    // Not the chunk itself: it holds all columns that were read of it, and this is kept for as long as the report takes.
    public int Sessions { get; } = chunk.Sessions;

    public Guid IdOf(int session) => ids![session];

    public int PersonOf(int session) => persons[session];

    public int VisitorOf(int session) => visitors[session];

    public int? ValueOf(int session) => values?[session];

    /// <summary>How many events the funnel looks at.</summary>
    public int EventsOf(int session) => read[session] ? begins[session + 1] - begins[session] : 0;

    public SessionPlace PlaceOf(int session) => new(
        this, session, starts[session], begins[session], EventsOf(session), selected[session]);

    /// <summary>Writes the events that the funnel looks at.</summary>
    /// <param name="index">What <see cref="MarkedEvent.Session"/> is to be.</param>
    public void CopyTo(Span<MarkedEvent> target, in SessionPlace place, int index)
    {
        var start = DateTime.UnixEpoch.Ticks + (place.Start * TimeSpan.TicksPerMicrosecond);
        for (var number = 0; number < place.Events; number++)
        {
            var each = place.First + number;
            target[number] = new MarkedEvent(
                start + marks.OffsetOf(each), index, number, marks.MarksOf(each), 0, Page: null);
        }
    }
}
