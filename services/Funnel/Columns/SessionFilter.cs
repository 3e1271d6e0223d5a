using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Metrics;
using static SessionPlatform.Contracts.Metrics.V1.Filter.Types;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Selects the sessions that a report is about. A filter is matched with the texts of the site by
/// <see cref="FilterMatcher"/>; then each session is selected by the codes of its texts.
/// </summary>
internal sealed class SessionFilter
{
    private readonly bool includeBots;
    private readonly (long From, long To)? span;
    private readonly IReadOnlyList<Condition> conditions;

    private SessionFilter(bool includeBots, (long From, long To)? span, IReadOnlyList<Condition> conditions)
    {
        this.includeBots = includeBots;
        this.span = span;
        this.conditions = conditions;
    }

    /// <summary>Returns the columns that filters read of every chunk.</summary>
    public static IEnumerable<Column> ColumnsOf(IEnumerable<Filter> filters) => filters
        .SelectMany(filter => FactColumns.OfParts.TryGetValue(filter.Dimension, out var many)
            ? [many.Parts.Counts, many.Values]
            : (Column[])[FactColumns.OfSession[filter.Dimension]])
        .Append(FactColumns.Flags);

    /// <summary>Creates the filter of sessions that started in the span and are in the segment.</summary>
    /// <param name="segment">A valid segment; null selects all sessions but those of bots.</param>
    public static async Task<SessionFilter> ReadAsync(
        FilterMatcher matcher,
        string siteId,
        ReportSpan span,
        Segment? segment,
        CancellationToken cancellationToken) =>
        new(
            segment is { IncludeBots: true },
            (Micros(span.From), Micros(span.To)),
            await ReadAsync(matcher, siteId, segment?.Filters ?? [], cancellationToken));

    /// <summary>Creates a filter of any sessions, bots included, for which all filters hold.</summary>
    public static async Task<SessionFilter> OfFiltersAsync(
        FilterMatcher matcher,
        string siteId,
        IReadOnlyList<Filter> filters,
        CancellationToken cancellationToken) =>
        new(includeBots: true, span: null, await ReadAsync(matcher, siteId, filters, cancellationToken));

    /// <summary>Returns for each session of a chunk whether it is selected.</summary>
    public bool[] Select(Chunk chunk)
    {
        var selected = new bool[chunk.Sessions];
        Array.Fill(selected, true);
        if (!includeBots)
            RemoveBots(chunk.Values(FactColumns.Flags), selected);
        if (span is var (from, to) && (from > Micros(chunk.From) || to < Micros(chunk.Before)))
        {
            var starts = chunk.Values(FactColumns.StartedAt);
            for (var session = 0; session < selected.Length; session++)
                selected[session] &= starts[session] >= from && starts[session] < to;
        }

        foreach (var condition in conditions)
            condition.Restrict(chunk, selected);
        return selected;
    }

    private static void RemoveBots(int[] flags, bool[] selected)
    {
        for (var session = 0; session < selected.Length; session++)
            selected[session] = (flags[session] & (int)SessionFlags.Bot) == 0;
    }

    private static long Micros(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static async Task<List<Condition>> ReadAsync(
        FilterMatcher matcher, string siteId, IReadOnlyList<Filter> filters, CancellationToken cancellationToken)
    {
        var conditions = new List<Condition>();
        foreach (var filter in filters)
            conditions.Add(Condition.Of(filter, await matcher.MatchAsync(siteId, filter, cancellationToken)));
        return conditions;
    }

    /// <param name="Group">The elements that the values are of; null: one value for each session.</param>
    /// <param name="Matching">By code, whether the text matches; codes beyond the end do not.</param>
    /// <param name="Expected">Whether a session must match, or must not.</param>
    private sealed record Condition(RepeatedGroup? Group, Column<int> Values, bool[] Matching, bool Expected)
    {
        public static Condition Of(Filter filter, bool[] matching)
        {
            // An event without a name has no value, not an empty one.
            if (filter.Dimension == Dimension.Types.Name.EventName && matching is [true, ..])
                matching = [false, .. matching.AsSpan(1)];
            var expected = filter.Operator is not (Operator.IsNot or Operator.ContainsNot or Operator.MatchesNot);
            return FactColumns.OfParts.TryGetValue(filter.Dimension, out var many)
                ? new Condition(many.Parts, many.Values, matching, expected)
                : new Condition(null, FactColumns.OfSession[filter.Dimension], matching, expected);
        }

        public void Restrict(Chunk chunk, bool[] selected)
        {
            var values = chunk.Values(Values);
            if (Group is null)
            {
                for (var session = 0; session < selected.Length; session++)
                    selected[session] &= Matches(values[session]) == Expected;
                return;
            }

            var begins = chunk.Offsets(Group);
            for (var session = 0; session < selected.Length; session++)
            {
                if (selected[session])
                    selected[session] = AnyMatches(values.AsSpan(begins[session]..begins[session + 1])) == Expected;
            }
        }

        private bool AnyMatches(ReadOnlySpan<int> values)
        {
            foreach (var value in values)
            {
                if (Matches(value))
                    return true;
            }

            return false;
        }

        private bool Matches(int number) => number < Matching.Length && Matching[number];
    }
}
