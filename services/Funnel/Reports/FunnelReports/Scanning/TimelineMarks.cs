using Npgsql;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Filtering;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Funnels.Attempts;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Scanning;

/// <summary>Computes the marks of the events of a chunk.</summary>
internal interface ITimelineMarks
{
    /// <summary>Identifies the rules of marking in cache keys.</summary>
    string Name { get; }

    /// <summary>
    /// Whether the documents of requested sessions are read. If so, the marks are valid for one report only.
    /// </summary>
    bool AreOfAsked { get; }

    /// <summary>The columns that marking needs.</summary>
    IEnumerable<Column> Columns { get; }

    /// <summary>Returns the marks of each event; those of sessions not requested are undefined.</summary>
    /// <param name="connection">A connection with the snapshot of the report.</param>
    /// <param name="asked">For each session, whether it is requested.</param>
    Task<Marks[]> MarkAsync(
        NpgsqlConnection connection, Chunk chunk, bool[] asked, CancellationToken cancellationToken);
}

/// <summary>Marks events by the patterns of a funnel.</summary>
internal sealed class PatternMarks(
    NpgsqlDataSource dataSource, FilterMatcher filterMatcher, string siteId, FunnelPlan plan) : ITimelineMarks
{
    private readonly List<(TimelineMatcher Matcher, MarkingPattern Pattern)> patterns =
        [.. plan.Patterns.Select(pattern => (new TimelineMatcher(dataSource, siteId, pattern.Events), pattern))];

    // By condition. Created when chunks are planned, because only then do all texts have codes.
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
