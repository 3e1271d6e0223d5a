using Npgsql;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.FunnelReports.Attempts;

namespace SessionPlatform.Funnel.FunnelReports.Scanning;

/// <summary>What the events of a chunk are to a funnel.</summary>
internal interface ITimelineMarks
{
    /// <summary>Tells apart what events of the site are marked by.</summary>
    string Name { get; }

    /// <summary>
    /// Whether documents are looked at, of the sessions that are asked for: then the marks are good for one report only.
    /// </summary>
    bool AreOfAsked { get; }

    /// <summary>What is read to tell.</summary>
    IEnumerable<Column> Columns { get; }

    /// <summary>By event of the timelines; of sessions that nobody asks for it may be anything.</summary>
    /// <param name="connection">With the snapshot of the report.</param>
    /// <param name="asked">By session.</param>
    Task<Marks[]> MarkAsync(
        NpgsqlConnection connection, Chunk chunk, bool[] asked, CancellationToken cancellationToken);
}

/// <summary>By the patterns of a funnel.</summary>
internal sealed class PatternMarks(
    NpgsqlDataSource dataSource, FilterMatcher filterMatcher, string siteId, FunnelPlan plan) : ITimelineMarks
{
    private readonly List<(TimelineMatcher Matcher, MarkingPattern Pattern)> patterns =
        [.. plan.Patterns.Select(pattern => (new TimelineMatcher(dataSource, siteId, pattern.Events), pattern))];

    // By condition; all texts have their numbers only when the chunks are planned.
    private List<SessionFilter>? conditions;

    public string Name { get; } =
        string.Join('\n', plan.Patterns.Select(pattern => $"{pattern.Marks} {pattern.Events.Name}"));

    public bool AreOfAsked { get; } = plan.Patterns.Any(pattern => pattern.Events.AsksForProperties);

    public IEnumerable<Column> Columns => patterns.SelectMany(pattern => pattern.Matcher.Columns)
        .Concat(plan.Conditions.SelectMany(SessionFilter.ColumnsOf));

    public async Task<Marks[]> MarkAsync(
        NpgsqlConnection connection, Chunk chunk, bool[] asked, CancellationToken cancellationToken)
    {
        conditions ??= await ReadConditionsAsync(cancellationToken);
        var holding = conditions.ConvertAll(condition => Both(condition.Select(chunk), asked));
        var marks = new Marks[chunk.Offsets(FactColumns.Timeline)[^1]];
        foreach (var (matcher, pattern) in patterns)
        {
            var sessions = pattern.Condition is { } index ? holding[index] : asked;
            var matches = await matcher.MatchAsync(connection, chunk, sessions, cancellationToken);
            for (var each = 0; each < matches.Length; each++)
            {
                if (matches[each])
                    marks[each] |= pattern.Marks;
            }
        }

        return marks;
    }

    private static bool[] Both(bool[] one, bool[] other)
    {
        for (var session = 0; session < one.Length; session++)
            one[session] &= other[session];
        return one;
    }

    private async Task<List<SessionFilter>> ReadConditionsAsync(CancellationToken cancellationToken)
    {
        var read = new List<SessionFilter>();
        foreach (var filters in plan.Conditions)
            read.Add(await SessionFilter.OfFiltersAsync(filterMatcher, siteId, filters, cancellationToken));
        return read;
    }
}
