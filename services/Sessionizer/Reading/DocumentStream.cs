using Npgsql;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Sessionizer.Auditing;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Reading;

/// <summary>All sessions of a site as documents, by stream and time; a page of them is in memory.</summary>
internal sealed class DocumentStream(NpgsqlDataSource dataSource)
{
    private const int SessionsAtOnce = 500;

    // What a page holds in memory, give or take one session.
    private const int MostBytes = 16 * 1024 * 1024;

    private static readonly string SelectStored = $"""
        SELECT {SessionTable.StoredColumns} FROM sessions s
        WHERE s.site_id = $1 AND (s.stream_key, s.started_at, s.session_id) > ($2, $3, $4) AND NOT s.retracted
            AND s.started_at >= coalesce($5, '-infinity') AND s.started_at < coalesce($6, 'infinity')
        ORDER BY s.stream_key, s.started_at, s.session_id
        LIMIT $7
        """;

    /// <summary>Those that are stored.</summary>
    public async IAsyncEnumerable<SessionDocument> StoredAsync(
        string siteId,
        TimeRange? range,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (key, startedAt, sessionId) = ("", DateTime.UnixEpoch, Guid.Empty);
        while (true)
        {
            var (page, isLast) = await ReadPageAsync(siteId, range, key, startedAt, sessionId, cancellationToken);
            foreach (var record in page)
                yield return record.ToDocument();
            if (isLast)
                yield break;
            var last = page[^1].Address;
            (key, startedAt, sessionId) = (last.Stream.StreamKey, Micros.ToDateTime(last.StartedAt), last.SessionId);
        }
    }

    /// <summary>Those that rules would make of the stored events, were they in force for all time.</summary>
    public async IAsyncEnumerable<SessionDocument> ByRulesAsync(
        string siteId,
        TimeRange? range,
        SiteRules complete,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rules = new RulesTimeline(SessionRules.From(complete));
        var after = (string?)"";
        while (after is not null)
        {
            var history = await StoredHistory.ReadEventsAsync(dataSource, siteId, after, range, cancellationToken);
            foreach (var stream in history.Events.GroupBy(e => e.StreamKey).OrderBy(s => s.Key, StringComparer.Ordinal))
            {
                foreach (var session in Fold(stream, rules))
                {
                    if (TimeRanges.Holds(range, session.First.OccurredAt))
                        yield return session.ToDocument();
                }
            }

            after = history.LastKey;
        }
    }

    private async Task<(List<SessionRecord> Page, bool IsLast)> ReadPageAsync(
        string siteId,
        TimeRange? range,
        string key,
        DateTime startedAt,
        Guid sessionId,
        CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(SelectStored);
        command.Parameters.Add(new() { Value = siteId });
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(new() { Value = startedAt });
        command.Parameters.Add(new() { Value = sessionId });
        command.Parameters.Add(TimeRanges.Parameter(range?.From));
        command.Parameters.Add(TimeRanges.Parameter(range?.To));
        command.Parameters.Add(new() { Value = SessionsAtOnce });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<SessionRecord>();
        var bytes = 0L;
        while (bytes < MostBytes && await reader.ReadAsync(cancellationToken))
        {
            page.Add(SessionTable.Read(reader));
            bytes += page[^1].Bytes;
        }

        return (page, page.Count < SessionsAtOnce && bytes < MostBytes);
    }

    private static List<SessionAccumulator> Fold(IEnumerable<AcceptedEvent> stream, RulesTimeline rules)
    {
        var events = stream.OrderBy(EventKey.Of).ToList();
        var sessions = new List<SessionAccumulator>();
        StreamWalk.Append(null, events, rules, sessions);
        return sessions;
    }
}
