using SessionPlatform.Funnel.Columns;

namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>What sessions add to the sums of the groups of their rows.</summary>
internal static class SessionSums
{
    private const long ShortMicros = 30_000_000;
    private const long LongMicros = 600_000_000;

    private static readonly Column<int> EntryPage =
        FactColumns.OfSession[Contracts.Metrics.V1.Dimension.Types.Name.EntryPage];

    private static readonly Column<int> ExitPage =
        FactColumns.OfSession[Contracts.Metrics.V1.Dimension.Types.Name.ExitPage];

    /// <summary>What it reads of a chunk.</summary>
    public static Column[] ColumnsOf(FactSum sum) => sum switch
    {
        FactSum.Sessions => [],
        FactSum.SessionPageViews or FactSum.PageViews => [FactColumns.PageViews],
        FactSum.Events => [FactColumns.Events],
        FactSum.Engaged or FactSum.Bounces => [FactColumns.Flags],
        FactSum.Under30S or FactSum.Over10M or FactSum.Duration => [FactColumns.Duration],
        FactSum.Conversions or FactSum.ConvertedSessions => [FactColumns.Conversions],
        FactSum.Entries => [EntryPage],
        FactSum.Exits => [ExitPage],
        FactSum.TimeOnPage => [FactColumns.TimeOnPage],
        FactSum.TimedPages => [FactColumns.TimedPages],
        FactSum.ScrollDepth => [FactColumns.ScrollDepth],
        FactSum.ScrolledPages => [FactColumns.ScrolledPages],
        _ => throw new ArgumentOutOfRangeException(nameof(sum)),
    };

    public static void Add(FactSum sum, Chunk chunk, ChunkRows rows, SumTable table)
    {
        var groups = rows.Groups;
        var sessions = rows.Sessions;
        switch (sum)
        {
            case FactSum.Sessions:
                foreach (var group in groups)
                    table.Of(sum)![group]++;
                break;
            case FactSum.ScrollDepth:
                var depths = chunk.Values(FactColumns.ScrollDepth);
                for (var row = 0; row < groups.Length; row++)
                    table.Depths![groups[row]] += depths[sessions[row]];
                break;
            case FactSum.TimeOnPage:
                Add(table.Of(sum)!, groups, sessions, chunk.Values(FactColumns.TimeOnPage), value => value);
                break;
            case FactSum.Duration or FactSum.Under30S or FactSum.Over10M:
                Add(table.Of(sum)!, groups, sessions, chunk.Values(FactColumns.Duration), OfDuration(sum));
                break;
            default:
                Add(table.Of(sum)!, groups, sessions, chunk.Values((Column<int>)ColumnsOf(sum)[0]), OfNumber(sum));
                break;
        }
    }

    private static Func<long, long> OfDuration(FactSum sum) => sum switch
    {
        FactSum.Under30S => duration => duration < ShortMicros ? 1 : 0,
        FactSum.Over10M => duration => duration > LongMicros ? 1 : 0,
        _ => duration => duration,
    };

    private static Func<int, long> OfNumber(FactSum sum) => sum switch
    {
        FactSum.Engaged => flags => (flags & (int)SessionFlags.Engaged) == 0 ? 0 : 1,
        FactSum.Bounces => flags => (flags & (int)SessionFlags.Bounced) == 0 ? 0 : 1,
        FactSum.ConvertedSessions or FactSum.Entries or FactSum.Exits => number => number > 0 ? 1 : 0,
        _ => number => number,
    };

    private static void Add<T>(
        long[] sums, ReadOnlySpan<int> groups, ReadOnlySpan<int> sessions, T[] values, Func<T, long> part)
    {
        for (var row = 0; row < groups.Length; row++)
            sums[groups[row]] += part(values[sessions[row]]);
    }
}
