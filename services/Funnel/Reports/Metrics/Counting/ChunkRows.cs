using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Columns;

namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>
/// The sessions of a chunk that are counted, by group, a group being a key in a bucket: a row for each session and group,
/// however many parts of the session have the key.
/// </summary>
/// <param name="needsRows">Where keys are of parts: whether rows are needed, or only parts.</param>
internal sealed class ChunkRows(Keying keying, Bucketing bucketing, bool needsRows)
{
    private readonly (RepeatedGroup Parts, Column<int> Values)? parts =
        FactColumns.OfParts.TryGetValue(keying.Dimension, out var found) ? found : null;

    private int[] sessions = [];
    private int[] groups = [];
    private int[] partGroups = [];
    private int partCount;
    private int count;

    // By group: the session that was last seen with it.
    private int[] seen = [];
    private int serial;

    /// <summary>Groups there are, so far.</summary>
    public int GroupCount => keying.Count * bucketing.Count;

    /// <summary>Of each row, its session in the chunk.</summary>
    public ReadOnlySpan<int> Sessions => sessions.AsSpan(0, count);

    public ReadOnlySpan<int> Groups => groups.AsSpan(0, count);

    /// <summary>The group of each part, where keys are of parts; <see cref="Keying.None"/>: it is not counted.</summary>
    public ReadOnlySpan<int> PartGroups => partGroups.AsSpan(0, partCount);

    /// <summary>What it reads of a chunk.</summary>
    public static IEnumerable<Column> ColumnsOf(Dimension.Types.Name dimension)
    {
        if (FactColumns.OfParts.TryGetValue(dimension, out var many))
            return [many.Parts.Counts, many.Values];
        return FactColumns.OfSession.TryGetValue(dimension, out var one) ? [one] : [];
    }

    /// <summary>Takes the next chunk.</summary>
    public void Read(Chunk chunk, ReadOnlySpan<bool> selected)
    {
        count = 0;
        Reserve(chunk.Sessions);
        var buckets = bucketing.Of(chunk);
        if (parts is { } many)
            ReadParts(chunk.Offsets(many.Parts), chunk.Values(many.Values), buckets, selected);
        else if (FactColumns.OfSession.TryGetValue(keying.Dimension, out var column))
            ReadValues(chunk.Values(column), buckets, selected);
        else
            ReadWhole(buckets, selected);
    }

    private void ReadWhole(ReadOnlySpan<int> buckets, ReadOnlySpan<bool> selected)
    {
        for (var session = 0; session < selected.Length; session++)
        {
            if (selected[session])
                Add(session, buckets[session]);
        }
    }

    private void ReadValues(int[] values, ReadOnlySpan<int> buckets, ReadOnlySpan<bool> selected)
    {
        for (var session = 0; session < values.Length; session++)
        {
            if (selected[session])
                Add(session, (keying.Of(values[session]) * bucketing.Count) + buckets[session]);
        }
    }

    private void ReadParts(int[] begins, int[] values, ReadOnlySpan<int> buckets, ReadOnlySpan<bool> selected)
    {
        partCount = values.Length;
        if (partGroups.Length < values.Length)
            partGroups = new int[values.Length];
        for (var session = 0; session < selected.Length; session++)
        {
            var own = begins[session]..begins[session + 1];
            var target = partGroups.AsSpan(own);
            if (selected[session])
                ReadParts(values.AsSpan(own), buckets[session], target);
            else
                target.Fill(Keying.None);
            if (needsRows && selected[session])
                AddOnce(session, target);
        }
    }

    private void ReadParts(ReadOnlySpan<int> values, int bucket, Span<int> target)
    {
        for (var part = 0; part < values.Length; part++)
        {
            var key = keying.Of(values[part]);
            target[part] = key == Keying.None ? Keying.None : (key * bucketing.Count) + bucket;
        }
    }

    private void AddOnce(int session, ReadOnlySpan<int> ofParts)
    {
        if (seen.Length < GroupCount)
            Array.Resize(ref seen, Math.Max(GroupCount, seen.Length * 2));
        Reserve(count + ofParts.Length);
        serial++;
        foreach (var group in ofParts)
        {
            if (group == Keying.None || seen[group] == serial)
                continue;
            seen[group] = serial;
            Add(session, group);
        }
    }

    private void Add(int session, int group)
    {
        sessions[count] = session;
        groups[count++] = group;
    }

    private void Reserve(int rows)
    {
        if (rows <= sessions.Length)
            return;
        Array.Resize(ref sessions, Math.Max(rows, sessions.Length * 2));
        Array.Resize(ref groups, sessions.Length);
    }
}
