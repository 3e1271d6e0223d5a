using Npgsql;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Filtering;
using SessionPlatform.Funnel.Segments;

namespace SessionPlatform.Funnel.Reports.Retention;

/// <summary>Finds the events of a report over columns: those that match a pattern, or all.</summary>
internal sealed class ActivityPattern
{
    private readonly SessionFilter? sessions;
    private readonly TimelineMatcher? events;

    private ActivityPattern(SessionFilter? sessions, TimelineMatcher? events) =>
        (this.sessions, this.events) = (sessions, events);

    /// <summary>Whether every event matches.</summary>
    public bool IsAny => events is null;

    /// <summary>The columns that <see cref="MatchAsync"/> reads.</summary>
    public IEnumerable<Column> Columns => events?.Columns ?? [];

    /// <summary>The columns that <see cref="Select"/> reads.</summary>
    public static IEnumerable<Column> SessionColumnsOf(EventPattern? pattern) =>
        pattern is null ? [] : SessionFilter.ColumnsOf(pattern.Session);

    /// <summary>Compiles a pattern.</summary>
    /// <param name="pattern">The pattern; null matches every event.</param>
    public static async Task<ActivityPattern> ReadAsync(
        NpgsqlDataSource dataSource,
        FilterMatcher filterMatcher,
        string siteId,
        EventPattern? pattern,
        CancellationToken cancellationToken) => pattern is null
        ? new ActivityPattern(null, null)
        : new ActivityPattern(
            await SessionFilter.OfFiltersAsync(filterMatcher, siteId, pattern.Session, cancellationToken),
            new TimelineMatcher(dataSource, siteId, pattern));

    /// <summary>Returns which of the given sessions of a chunk can have matching events.</summary>
    public bool[] Select(Chunk chunk, bool[] among)
    {
        if (sessions is null)
            return among;
        var possible = sessions.Select(chunk);
        for (var session = 0; session < possible.Length; session++)
            possible[session] &= among[session];
        return possible;
    }

    /// <summary>Returns for each event of the given sessions whether it matches; null when all do.</summary>
    public async Task<bool[]?> MatchAsync(
        NpgsqlConnection connection, Chunk timelines, bool[] asked, CancellationToken cancellationToken) =>
        events is null ? null : await events.MatchAsync(connection, timelines, asked, cancellationToken);
}
