using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.FunnelReports.Attempts;
using static SessionPlatform.Funnel.Columns.FactColumns;

namespace SessionPlatform.Funnel.FunnelReports.Scanning;

/// <summary>The columns of what events of timelines are to a funnel; of events that it looks at only. Never stored.</summary>
/// <param name="name">Tells funnels apart.</param>
internal sealed class MarkColumns(string name)
{
    /// <summary>By session.</summary>
    public Column<int> Counts { get; } = new($"{name} counts");

    /// <summary>Ticks since the session's start.</summary>
    public Column<long> Offsets { get; } = new($"{name} offsets");

    /// <summary>Steps in the low bits, exclusions above.</summary>
    public Column<long> Marks { get; } = new($"{name} marks");
}

/// <summary>Which events of a chunk a funnel looks at, and what they are to it; packed, some bytes each.</summary>
/// <param name="Counts">Of each session.</param>
/// <param name="Steps">Of the funnel: so many low bits of <paramref name="Marks"/> are steps.</param>
internal sealed record PackedMarks(byte[] Counts, byte[] Offsets, byte[] Marks, int Steps)
{
    /// <summary>Packs those events that are a step or an exclusion, or all.</summary>
    /// <param name="chunk">With its timelines.</param>
    /// <param name="marked">By event of the timelines.</param>
    /// <param name="asked">Of other sessions there are none.</param>
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
