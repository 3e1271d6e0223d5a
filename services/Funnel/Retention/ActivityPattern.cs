using Npgsql;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Matching;

namespace SessionPlatform.Funnel.Retention;

/// <summary>The events that a report asks for, over columns: those that match a pattern, or any.</summary>
internal sealed class ActivityPattern
{
    private readonly SessionFilter? sessions;
    private readonly TimelineMatcher? events;

    private ActivityPattern(SessionFilter? sessions, TimelineMatcher? events) =>
        (this.sessions, this.events) = (sessions, events);

    /// <summary>Whether any event matches.</summary>
    public bool IsAny => events is null;

    /// <summary>What <see cref="MatchAsync"/> reads.</summary>
    public IEnumerable<Column> Columns => events?.Columns ?? [];

    /// <summary>What <see cref="Select"/> reads.</summary>
    public static IEnumerable<Column> SessionColumnsOf(EventPattern? pattern) =>
        pattern is null ? [] : SessionFilter.ColumnsOf(pattern.Session);

    /// <param name="pattern">Null: any event.</param>
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

    /// <summary>Which of some sessions of a chunk can have such events.</summary>
    public bool[] Select(Chunk chunk, bool[] among)
    {
        if (sessions is null)
            return among;
        var possible = sessions.Select(chunk);
        for (var session = 0; session < possible.Length; session++)
            possible[session] &= among[session];
        return possible;
    }

    /// <summary>Which events of some sessions of a chunk match, by event of the timelines; null: all.</summary>
    public async Task<bool[]?> MatchAsync(
        NpgsqlConnection connection, Chunk timelines, bool[] asked, CancellationToken cancellationToken) =>
        events is null ? null : await events.MatchAsync(connection, timelines, asked, cancellationToken);
}
