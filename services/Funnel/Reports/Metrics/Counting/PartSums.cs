using SessionPlatform.Funnel.Columns;
using Dimensions = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;

namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>
/// What page views, events and conversions add to the sums of their groups, where keys are of them, instead of what their
/// sessions would.
/// </summary>
internal sealed class PartSums(Dimensions dimension, SumTable sums)
{
    private static readonly Column<int> EntryPage = FactColumns.OfSession[Dimensions.EntryPage];
    private static readonly Column<int> ExitPage = FactColumns.OfSession[Dimensions.ExitPage];

    /// <summary>Whether keys are of page views.</summary>
    public bool AreOfPages => IsOfPages(dimension);

    /// <summary>What it reads of a chunk.</summary>
    public IEnumerable<Column> Columns => Enum.GetValues<FactSum>()
        .Where(sum => Adds(sum) && sums.Has(sum))
        .SelectMany(ColumnsOf);

    /// <summary>Whether a sum is one of parts.</summary>
    public static bool Adds(Dimensions dimension, FactSum sum) => sum switch
    {
        FactSum.PageViews or FactSum.Entries or FactSum.Exits or FactSum.TimeOnPage or FactSum.TimedPages
            or FactSum.ScrollDepth or FactSum.ScrolledPages => IsOfPages(dimension),
        FactSum.Events => dimension is Dimensions.EventKind or Dimensions.EventName,
        FactSum.Conversions => dimension == Dimensions.ConversionType,
        _ => false,
    };

    /// <summary>Whether a sum is one of parts here.</summary>
    public bool Adds(FactSum sum) => Adds(dimension, sum);

    /// <param name="groups">Of each part; <see cref="Keying.None"/>: it is not counted.</param>
    public void Add(Chunk chunk, ReadOnlySpan<int> groups)
    {
        if (AreOfPages)
            AddPages(chunk, groups);
        else if (Adds(FactSum.Events) && sums.Of(FactSum.Events) is { } events)
            Add(events, groups, chunk.Values(FactColumns.EventCount));
        else if (Adds(FactSum.Conversions) && sums.Of(FactSum.Conversions) is { } conversions)
            Add(conversions, groups, chunk.Values(FactColumns.ConversionCount));
    }

    private static bool IsOfPages(Dimensions dimension) => dimension is Dimensions.Path or Dimensions.PageCategory;

    private IEnumerable<Column> ColumnsOf(FactSum sum) => sum switch
    {
        FactSum.Entries when dimension == Dimensions.Path => [EntryPage],
        FactSum.Exits when dimension == Dimensions.Path => [ExitPage],
        FactSum.TimeOnPage or FactSum.TimedPages => [FactColumns.PageTime],
        FactSum.ScrollDepth or FactSum.ScrolledPages => [FactColumns.PageScroll],
        FactSum.Events => [FactColumns.EventCount],
        FactSum.Conversions => [FactColumns.ConversionCount],
        _ => [],
    };

    private static void Add(long[] sums, ReadOnlySpan<int> groups, int[] counts)
    {
        for (var part = 0; part < groups.Length; part++)
        {
            if (groups[part] != Keying.None)
                sums[groups[part]] += counts[part];
        }
    }

    private void AddPages(Chunk chunk, ReadOnlySpan<int> groups)
    {
        foreach (var group in sums.Has(FactSum.PageViews) ? groups : [])
            Add(sums.Of(FactSum.PageViews)!, group);

        if (sums.Has(FactSum.TimedPages))
            AddTimes(chunk.Values(FactColumns.PageTime), groups);
        if (sums.Has(FactSum.ScrolledPages))
            AddDepths(chunk.Values(FactColumns.PageScroll), groups);
        if (sums.Of(FactSum.Entries) is { } entries)
            AddEnds(entries, chunk, groups, EntryPage, isLast: false);
        if (sums.Of(FactSum.Exits) is { } exits)
            AddEnds(exits, chunk, groups, ExitPage, isLast: true);
    }

    /// <summary>A session adds to the group of the page that it entered or left by, wherever among its page views that is.</summary>
    private void AddEnds(long[] ends, Chunk chunk, ReadOnlySpan<int> groups, Column<int> endPage, bool isLast)
    {
        var begins = chunk.Offsets(FactColumns.Pages);
        if (dimension != Dimensions.Path)
        {
            for (var session = 0; session < chunk.Sessions; session++)
            {
                if (begins[session] < begins[session + 1])
                    Add(ends, groups[isLast ? begins[session + 1] - 1 : begins[session]]);
            }

            return;
        }

        var (paths, pages) = (chunk.Values(FactColumns.PagePath), chunk.Values(endPage));
        for (var session = 0; session < chunk.Sessions; session++)
        {
            var own = paths.AsSpan(begins[session]..begins[session + 1]);
            if (PlaceOf(pages[session], own, isLast) is var place and >= 0)
                Add(ends, groups[begins[session] + place]);
        }
    }

    /// <summary>Negative: it is not among them.</summary>
    private static int PlaceOf(int page, ReadOnlySpan<int> paths, bool isLast)
    {
        if (page == 0 || paths.IsEmpty)
            return -1;
        if (isLast)
            return paths[^1] == page ? paths.Length - 1 : paths.LastIndexOf(page);
        return paths[0] == page ? 0 : paths.IndexOf(page);
    }

    private static void Add(long[] sums, int group)
    {
        if (group != Keying.None)
            sums[group]++;
    }

    private void AddTimes(long[] times, ReadOnlySpan<int> groups)
    {
        var (total, timed) = (sums.Of(FactSum.TimeOnPage), sums.Of(FactSum.TimedPages));
        for (var page = 0; page < groups.Length; page++)
        {
            if (groups[page] == Keying.None || times[page] == FactColumns.Unknown)
                continue;
            total![groups[page]] += times[page];
            timed![groups[page]]++;
        }
    }

    private void AddDepths(double[] depths, ReadOnlySpan<int> groups)
    {
        var (total, scrolled) = (sums.Depths, sums.Of(FactSum.ScrolledPages));
        for (var page = 0; page < groups.Length; page++)
        {
            if (groups[page] == Keying.None || double.IsNaN(depths[page]))
                continue;
            total![groups[page]] += depths[page];
            scrolled![groups[page]]++;
        }
    }
}
