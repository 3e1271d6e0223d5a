using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Funnels.Attempts;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Scanning;

/// <summary>The sessions of a chunk with their relevant events.</summary>
/// <param name="chunk">The chunk, with starts and visitors.</param>
/// <param name="persons">The person of each session.</param>
/// <param name="read">For each session, whether it is read.</param>
/// <param name="selected">For each session, whether the report covers it; others only determine first events.</param>
/// <param name="values">The breakdown value of each session; null without a breakdown.</param>
/// <param name="ids">The id of each session; null when sessions are processed in the order of time.</param>
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

    // Copied from the chunk, which holds all of its columns, because this object lives as long as the report.
    public int Sessions { get; } = chunk.Sessions;

    public Guid IdOf(int session) => ids![session];

    public int PersonOf(int session) => persons[session];

    public int VisitorOf(int session) => visitors[session];

    public int? ValueOf(int session) => values?[session];

    /// <summary>The number of relevant events.</summary>
    public int EventsOf(int session) => read[session] ? begins[session + 1] - begins[session] : 0;

    public SessionPlace PlaceOf(int session) => new(
        this, session, starts[session], begins[session], EventsOf(session), selected[session]);

    /// <summary>Writes the relevant events of a session.</summary>
    /// <param name="index">The value for <see cref="MarkedEvent.Session"/>.</param>
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
