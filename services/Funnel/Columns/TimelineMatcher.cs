using Npgsql;
using SessionPlatform.Funnel.FunnelReports;
using SessionPlatform.Funnel.Matching;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;
using static SessionPlatform.Funnel.Columns.FactColumns;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Finds the events of timelines that match a pattern. Properties are not in columns: they are read from the documents
/// of sessions with an event that matches everything else.
/// </summary>
internal sealed class TimelineMatcher
{
    private const string DocumentsSql = """
        SELECT f.session_id, d.document FROM session_facts AS f
        JOIN session_documents AS d
            ON d.site_id = f.site_id AND d.visitor_id = f.visitor_id AND d.session_id = f.session_id
        WHERE f.site_id = $1 AND f.started_at >= $2 AND f.started_at < $3 AND f.started_hour >= $2
            AND f.started_hour <= $4 AND f.session_id = ANY ($5)
        """;

    private const int Yes = 1;
    private const int No = 0;

    private readonly string siteId;
    private readonly EventPattern pattern;
    private readonly List<(Column<int> Texts, DictionaryLookup IsMatch)> conditions = [];

    public TimelineMatcher(NpgsqlDataSource dataSource, string siteId, EventPattern pattern)
    {
        this.siteId = siteId;
        this.pattern = pattern;
        var texts = SiteDictionary.Texts(dataSource, siteId);
        Add(pattern.Kind is not null, TimelineKind, text => text == pattern.Kind);
        Add(pattern.EventName is not null, TimelineName, text => text == pattern.EventName);
        Add(pattern.AsksForPath, TimelinePath, pattern.MatchesPath);
        Add(pattern.AsksForCategory, TimelineCategory, pattern.MatchesCategory);

        void Add(bool asked, Column<int> column, Func<string, bool> matches)
        {
            if (asked)
                conditions.Add((column, new DictionaryLookup(texts, text => matches(text) ? Yes : No)));
        }
    }

    /// <summary>The columns that the matcher reads of a chunk.</summary>
    public IEnumerable<Column> Columns => conditions
        .Select(Column (condition) => condition.Texts)
        .Append(Timeline.Counts)
        .Concat(pattern.AsksForProperties ? [SessionId] : (Column[])[]);

    /// <summary>
    /// Returns for each event of the timelines of a chunk whether it matches; false for other sessions.
    /// </summary>
    /// <param name="connection">A connection in the report's snapshot.</param>
    /// <param name="asked">Which sessions are looked at.</param>
    public async Task<bool[]> MatchAsync(
        NpgsqlConnection connection, Chunk chunk, bool[] asked, CancellationToken cancellationToken)
    {
        var begins = chunk.Offsets(Timeline);
        var matches = new bool[begins[^1]];
        for (var session = 0; session < asked.Length; session++)
        {
            if (asked[session])
                matches.AsSpan(begins[session]..begins[session + 1]).Fill(true);
        }

        foreach (var (texts, isMatch) in conditions)
        {
            var numbers = chunk.Values(texts);
            await isMatch.LearnAsync(numbers, cancellationToken);
            Restrict(matches, numbers, isMatch.Values);
        }

        if (pattern.AsksForProperties)
            await RestrictByPropertiesAsync(connection, chunk, begins, matches, cancellationToken);
        return matches;
    }

    private static void Restrict(bool[] matches, int[] numbers, ReadOnlySpan<int> isMatch)
    {
        for (var index = 0; index < matches.Length; index++)
            matches[index] &= isMatch[numbers[index]] == Yes;
    }

    private async Task RestrictByPropertiesAsync(
        NpgsqlConnection connection, Chunk chunk, int[] begins, bool[] matches, CancellationToken cancellationToken)
    {
        var ids = chunk.Values(SessionId);
        var sessions = new Dictionary<Guid, int>();
        for (var session = 0; session < ids.Length; session++)
        {
            if (matches.AsSpan(begins[session]..begins[session + 1]).Contains(true))
                sessions[ids[session]] = session;
        }

        if (sessions.Count == 0)
            return;
        var command = Sql.Command(
            DocumentsSql, siteId, chunk.From, chunk.Before, chunk.Planned.LastHour, sessions.Keys.ToArray());
        await foreach (var row in ReportDatabase.RowsAsync(connection, command, cancellationToken))
        {
            var session = sessions[row.GetGuid(0)];
            var own = matches.AsSpan(begins[session]..begins[session + 1]);
            // An unreadable document counts as empty here, also when it was readable once; the audit repairs it.
            var timeline = Timelines.Read(Sql.Bytes(row, 1) ?? []) ?? [];
            for (var index = 0; index < own.Length; index++)
                own[index] = own[index] && index < timeline.Count && pattern.MatchesProperties(timeline[index]);
        }
    }
}
