using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Funnels.Attempts;
using static SessionPlatform.Funnel.Columns.FactColumns;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Scanning;

/// <summary>
/// The columns of the marks of a funnel, for its relevant events only. They are cached, but never stored.
/// </summary>
/// <param name="name">Identifies the funnel.</param>
internal sealed class MarkColumns(string name)
{
    /// <summary>The number of relevant events of each session.</summary>
    public Column<int> Counts { get; } = new($"{name} counts");

    /// <summary>The time of each event since the start of its session, in ticks.</summary>
    public Column<long> Offsets { get; } = new($"{name} offsets");

    /// <summary>The marks of each event: steps in the low bits, exclusions above.</summary>
    public Column<long> Marks { get; } = new($"{name} marks");
}

/// <summary>The relevant events of a chunk with their marks, encoded in a few bytes each.</summary>
/// <param name="Counts">The number of events of each session.</param>
/// <param name="Steps">The number of steps, which take the low bits of <paramref name="Marks"/>.</param>
internal sealed record PackedMarks(byte[] Counts, byte[] Offsets, byte[] Marks, int Steps)
{
    /// <summary>Encodes the events that are a step or an exclusion.</summary>
    /// <param name="chunk">The chunk, with its timelines.</param>
    /// <param name="marked">The marks of each event of the timelines.</param>
    /// <param name="asked">For each session, whether it is requested; others get no events.</param>
    public static PackedMarks Of(
        Chunk chunk, MarkColumns columns, Marks[] marked, bool[] asked, bool keepsAll, int steps)
    {
        var (begins, all) = (chunk.Offsets(Timeline), chunk.Values(TimelineOffset));
        var counts = new int[chunk.Sessions];
        var (offsets, marks) = (new List<long>(), new List<long>());
        for (var session = 0; session < counts.Length; session++)
        {
            if (!asked[session])
                continue;
            for (var each = begins[session]; each < begins[session + 1]; each++)
            {
                if (!keepsAll && marked[each] == default)
                    continue;
                counts[session]++;
                offsets.Add(all[each]);
                marks.Add((long)marked[each].Exclusions << steps | marked[each].Steps);
            }
        }

        return new PackedMarks(
            columns.Counts.Encode(counts),
            columns.Offsets.Encode(offsets.ToArray()),
            columns.Marks.Encode(marks.ToArray()),
            steps);
    }

    public long OffsetOf(int index) => FrameOfReferenceEncoding.ValueAt(Offsets, index);

    public Marks MarksOf(int index)
    {
        var both = FrameOfReferenceEncoding.ValueAt(Marks, index);
        return new Marks((uint)(both & ((1L << Steps) - 1)), (uint)(both >> Steps));
    }
}
