using Npgsql;
using SessionPlatform.Sessionizer.Sessionizing;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Storage;
using static SessionPlatform.Contracts.Sessions.V1.SessionRevision.Types;

namespace SessionPlatform.Sessionizer.Recomputing;

/// <summary>Why a stream is computed anew.</summary>
internal enum RecomputeCause
{
    /// <summary>The site's rules changed for all of its history: what comes out as it is stored stays as it is.</summary>
    RuleChange,

    /// <summary>What is stored is not trusted: every session is written.</summary>
    Repair,
}

/// <summary>
/// Computes all sessions of a locked stream anew from its events, in the transaction of the connection: the same fold,
/// revisions, tombstones and announcements as when events come. A bounded number of events and sessions is in memory,
/// however long the stream.
/// </summary>
internal sealed class StreamRecomputation(
    StreamId stream, RulesTimeline rules, int baseVersion, TimeSpan liveInterval, TimeProvider time)
{
    private const int SessionsAtOnce = 500;

    private readonly HashSet<SessionAddress> _present = [];
    private EventIdFilter _filter = EventIdFilter.Empty;

    /// <summary>How many sessions were changed, added or retracted.</summary>
    public int Changed { get; private set; }

    public async Task RunAsync(NpgsqlConnection connection, RecomputeCause cause, CancellationToken cancellationToken)
    {
        var sessions = new List<SessionAccumulator>();
        SessionAccumulator? current = null;
        await foreach (var events in EventTable.ReadStreamAsync(connection, stream, cancellationToken))
        {
            _filter = _filter.With(events.ConvertAll(EventGuard.IdOf));
            var touched = new List<SessionAccumulator>();
            StreamWalk.Append(current, events, rules, touched);
            sessions.AddRange(current is null ? touched : touched.Skip(1));
            current = touched[^1];
            if (sessions.Count > SessionsAtOnce)
            {
                await StoreAsync(connection, sessions[..^1], cause, cancellationToken);
                sessions.RemoveRange(0, sessions.Count - 1);
            }
        }

        var gone = await FindGoneAsync(connection, sessions, cancellationToken);
        await StoreAsync(connection, sessions, cause, cancellationToken, gone);
        await FinishAsync(connection, gone, current, cause, cancellationToken);
    }

    private async Task<List<(SessionAddress Session, string VisitorId)>> FindGoneAsync(
        NpgsqlConnection connection, List<SessionAccumulator> last, CancellationToken cancellationToken)
    {
        _present.UnionWith(last.Select(AddressOf));
        var stored = await SessionTable.FindOfStreamAsync(connection, stream, cancellationToken);
        stored.RemoveAll(found => _present.Contains(found.Session));
        return stored;
    }

    private async Task StoreAsync(
        NpgsqlConnection connection,
        List<SessionAccumulator> sessions,
        RecomputeCause cause,
        CancellationToken cancellationToken,
        List<(SessionAddress Session, string VisitorId)>? gone = null)
    {
        var addresses = sessions.ConvertAll(AddressOf);
        _present.UnionWith(addresses);
        var stored = await SessionTable.FindAsync(connection, addresses, cancellationToken);
        var now = Micros.FromDateTime(time.GetUtcNow().UtcDateTime);
        var changed = new List<SessionRow>();
        var otherEnds = new List<SessionRow>();
        foreach (var session in sessions)
        {
            var record = stored.GetValueOrDefault(session.SessionId);
            if (rules.IsAuthoritative && record is not null)
                session.IsNew = record.IsNew;
            var row = new SessionRow(stream, session, record);
            if (cause == RecomputeCause.Repair || record is null || !record.IsSameAs(row) || IsOpenAgain(row, now))
                changed.Add(row.Because(EntryOf(cause, now)));
            else if (record.OverAt != row.OverAt)
                otherEnds.Add(row);
        }

        var firsts = rules.IsAuthoritative
            ? await VisitorFirsts.SettleAsync(connection, changed, gone ?? [], cancellationToken)
            : [];
        Changed += changed.Count + firsts.Count;
        await using var batch = new NpgsqlBatch(connection);
        UnpublishedTable.AddLock(
            batch, [.. addresses, .. firsts.Select(f => f.Session), .. (gone ?? []).Select(g => g.Session)]);
        SessionWriter.AddUpsert(batch, changed, liveInterval);
        SessionWriter.AddSetIsNew(batch, firsts, EntryOf(cause, now), liveInterval);
        SessionWriter.AddOverAt(batch, otherEnds);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task FinishAsync(
        NpgsqlConnection connection,
        List<(SessionAddress Session, string VisitorId)> gone,
        SessionAccumulator? newest,
        RecomputeCause cause,
        CancellationToken cancellationToken)
    {
        var retraction = EntryOf(cause, Micros.FromDateTime(time.GetUtcNow().UtcDateTime));
        retraction.IsRetraction = true;
        Changed += gone.Count;
        await using var batch = new NpgsqlBatch(connection);
        SessionWriter.AddRetract(batch, gone.ConvertAll(g => g.Session), retraction, liveInterval);
        StreamTable.AddReplace(batch, stream, newest is null ? null : AddressOf(newest), baseVersion, _filter);
        if (_filter.IdsInTable)
            EventIdTable.AddInsertStreams(batch, [stream]);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private SessionAddress AddressOf(SessionAccumulator session) =>
        new(stream, session.First.OccurredAt, session.SessionId);

    // Closed by a shorter timeout than it has now.
    private static bool IsOpenAgain(SessionRow row, long now) => row.Record is { Closed: true } && row.OverAt > now;

    private static HistoryEntry EntryOf(RecomputeCause cause, long now) => new()
    {
        Cause = cause == RecomputeCause.Repair ? Cause.Repair : Cause.RuleChange, Revisions = 1, At = now,
    };
}
