using System.Globalization;
using System.Text.Json;
using Google.Protobuf.Collections;
using Npgsql;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Sessionizer.Sessions;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>
/// Writes the table <c>sessions</c>, and notes what it wrote as unpublished. The database counts the revisions, so that
/// a session which comes back after its retraction goes on where its tombstone stands. Callers hold the locks of the
/// streams.
/// </summary>
internal static class SessionWriter
{
    private static readonly string Upsert = $"""
        WITH changed AS (
            INSERT INTO sessions AS s (
                site_id, stream_key, started_at, session_id, visitor_id, ended_at, revision, closed, retracted,
                start_reason, end_reason, is_new, page_views, events, conversions, bounced, engaged, user_id,
                entry_page, exit_page, channel, utm_source, utm_campaign, referrer_host, revenue, state,
                over_at, history, journey, timeline)
            SELECT site_id, stream_key, started_at, session_id, visitor_id, ended_at, 1, false, false,
                start_reason, end_reason, is_new, page_views, events, conversions, bounced, engaged, user_id,
                entry_page, exit_page, channel, utm_source, utm_campaign, referrer_host, revenue::jsonb, state,
                over_at, history, journey, timeline
            FROM unnest(
                $1::text[], $2::text[], $3::timestamptz[], $4::uuid[], $5::text[], $6::timestamptz[], $7::smallint[],
                $8::smallint[], $9::bool[], $10::int[], $11::int[], $12::int[], $13::bool[], $14::bool[], $15::text[],
                $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::bytea[],
                $24::timestamptz[], $25::bytea[], $26::bytea[], $27::bytea[])
                AS given (
                    site_id, stream_key, started_at, session_id, visitor_id, ended_at, start_reason,
                    end_reason, is_new, page_views, events, conversions, bounced, engaged, user_id,
                    entry_page, exit_page, channel, utm_source, utm_campaign, referrer_host, revenue, state,
                    over_at, history, journey, timeline)
            ON CONFLICT (site_id, stream_key, started_at, session_id) DO UPDATE SET
                visitor_id = excluded.visitor_id, ended_at = excluded.ended_at, revision = s.revision + 1,
                closed = false, retracted = false,
                start_reason = excluded.start_reason, end_reason = excluded.end_reason, is_new = excluded.is_new,
                page_views = excluded.page_views, events = excluded.events, conversions = excluded.conversions,
                bounced = excluded.bounced, engaged = excluded.engaged, user_id = excluded.user_id,
                entry_page = excluded.entry_page, exit_page = excluded.exit_page, channel = excluded.channel,
                utm_source = excluded.utm_source, utm_campaign = excluded.utm_campaign,
                referrer_host = excluded.referrer_host, revenue = excluded.revenue, state = excluded.state,
                over_at = excluded.over_at,
                history = CASE WHEN s.retracted THEN s.history || excluded.history ELSE excluded.history END,
                journey = coalesce(excluded.journey, s.journey), timeline = coalesce(excluded.timeline, s.timeline)
            RETURNING site_id, stream_key, started_at, session_id, revision)
        {UnpublishedTable.Note("now() + $28")}
        """;

    /// <summary>Adds the statement that stores sessions as they are now.</summary>
    public static void AddUpsert(NpgsqlBatch batch, IReadOnlyList<SessionRow> rows, TimeSpan liveInterval)
    {
        if (rows.Count == 0)
            return;
        var sessions = rows.Select(row => row.Folded).ToArray();
        var documents = rows.Select(row => row.Session).ToArray();
        batch.Add(
            Upsert,
            rows.Select(row => row.Stream.SiteId).ToArray(),
            rows.Select(row => row.Stream.StreamKey).ToArray(),
            sessions.Select(s => Micros.ToDateTime(s.First.OccurredAt)).ToArray(),
            sessions.Select(s => s.SessionId).ToArray(),
            sessions.Select(s => s.VisitorId).ToArray(),
            sessions.Select(s => Micros.ToDateTime(s.Last.OccurredAt)).ToArray(),
            sessions.Select(s => (short)s.StartReason).ToArray(),
            sessions.Select(s => (short?)s.EndReason).ToArray(),
            sessions.Select(s => s.IsNew).ToArray(),
            sessions.Select(s => s.PageViews).ToArray(),
            sessions.Select(s => s.Events).ToArray(),
            sessions.Select(s => s.Conversions).ToArray(),
            sessions.Select(s => s.IsBounced).ToArray(),
            sessions.Select(s => s.IsEngaged).ToArray(),
            documents.Select(d => d.HasUserId ? d.UserId : null).ToArray(),
            documents.Select(d => d.HasEntryPage ? d.EntryPage : null).ToArray(),
            documents.Select(d => d.HasExitPage ? d.ExitPage : null).ToArray(),
            documents.Select(d => d.Attribution.Channel).ToArray(),
            documents.Select(d => d.Attribution.Utm?.Source.ToLowerInvariant()).ToArray(),
            documents.Select(d => d.Attribution.Utm?.Campaign.ToLowerInvariant()).ToArray(),
            documents.Select(d => d.Attribution.HasReferrerHost ? d.Attribution.ReferrerHost : null).ToArray(),
            documents.Select(d => RevenueJson(d.Revenue)).ToArray(),
            rows.Select(row => row.State).ToArray(),
            rows.Select(row => Micros.ToDateTime(row.OverAt)).ToArray(),
            rows.Select(row => row.History).ToArray(),
            rows.Select(row => row.Journey).ToArray(),
            rows.Select(row => row.Timeline).ToArray(),
            liveInterval);
    }

    private static readonly string End = $"""
        WITH changed AS (
            UPDATE sessions s SET end_reason = given.end_reason, revision = s.revision + 1, history = given.history
            FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[], $5::smallint[], $6::bytea[])
                AS given (site_id, stream_key, started_at, session_id, end_reason, history)
            WHERE s.site_id = given.site_id AND s.stream_key = given.stream_key AND s.started_at = given.started_at
                AND s.session_id = given.session_id
            RETURNING s.site_id, s.stream_key, s.started_at, s.session_id, s.revision)
        {UnpublishedTable.Note("now() + $7")}
        """;

    /// <summary>
    /// Adds the statement that says why sessions ended. One that is closed stays so: it is over all the same.
    /// </summary>
    public static void AddEnd(NpgsqlBatch batch, IReadOnlyList<SessionEnd> ends, TimeSpan liveInterval)
    {
        if (ends.Count == 0)
            return;
        // For the rest of the transaction: a hash join would read all sessions of all months.
        batch.Add("SET LOCAL enable_hashjoin = off");
        batch.Add("SET LOCAL enable_mergejoin = off");
        batch.Add(
            End,
            ends.Select(e => e.Session.Stream.SiteId).ToArray(),
            ends.Select(e => e.Session.Stream.StreamKey).ToArray(),
            ends.Select(e => Micros.ToDateTime(e.Session.StartedAt)).ToArray(),
            ends.Select(e => e.Session.SessionId).ToArray(),
            ends.Select(e => (short?)e.Reason).ToArray(),
            ends.Select(e => e.History).ToArray(),
            liveInterval);
    }

    private static readonly string Retract = $"""
        WITH changed AS (
            UPDATE sessions s SET retracted = true, revision = s.revision + 1, history = s.history || $6
            FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[])
                AS given (site_id, stream_key, started_at, session_id)
            WHERE s.site_id = given.site_id AND s.stream_key = given.stream_key AND s.started_at = given.started_at
                AND s.session_id = given.session_id
            RETURNING s.site_id, s.stream_key, s.started_at, s.session_id, s.revision)
        {UnpublishedTable.Note("now() + $5")}
        """;

    /// <summary>Adds the statement that turns sessions into tombstones.</summary>
    /// <param name="batch">Where to.</param>
    /// <param name="addresses">Which.</param>
    /// <param name="because">What made it, for the history of each.</param>
    /// <param name="liveInterval">When it is announced.</param>
    public static void AddRetract(
        NpgsqlBatch batch, IReadOnlyList<SessionAddress> addresses, HistoryEntry because, TimeSpan liveInterval)
    {
        if (addresses.Count == 0)
            return;
        // For the rest of the transaction: a hash join would read all sessions of all months.
        batch.Add("SET LOCAL enable_hashjoin = off");
        batch.Add("SET LOCAL enable_mergejoin = off");
        batch.Add(
            Retract,
            addresses.Select(a => a.Stream.SiteId).ToArray(),
            addresses.Select(a => a.Stream.StreamKey).ToArray(),
            addresses.Select(a => Micros.ToDateTime(a.StartedAt)).ToArray(),
            addresses.Select(a => a.SessionId).ToArray(),
            liveInterval,
            RevisionHistory.Of(because));
    }

    private static readonly string SetIsNew = $"""
        WITH changed AS (
            UPDATE sessions s SET is_new = given.is_new, revision = s.revision + 1, history = s.history || $7
            FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[], $5::bool[])
                AS given (site_id, stream_key, started_at, session_id, is_new)
            WHERE s.site_id = given.site_id AND s.stream_key = given.stream_key AND s.started_at = given.started_at
                AND s.session_id = given.session_id AND NOT s.retracted
            RETURNING s.site_id, s.stream_key, s.started_at, s.session_id, s.revision)
        {UnpublishedTable.Note("now() + $6")}
        """;

    /// <summary>Adds the statement that says of sessions, otherwise unchanged, whether they are a visitor's first.</summary>
    public static void AddSetIsNew(
        NpgsqlBatch batch,
        IReadOnlyList<(SessionAddress Session, bool IsNew)> firsts,
        HistoryEntry because,
        TimeSpan liveInterval)
    {
        if (firsts.Count == 0)
            return;
        batch.Add(
            SetIsNew,
            firsts.Select(f => f.Session.Stream.SiteId).ToArray(),
            firsts.Select(f => f.Session.Stream.StreamKey).ToArray(),
            firsts.Select(f => Micros.ToDateTime(f.Session.StartedAt)).ToArray(),
            firsts.Select(f => f.Session.SessionId).ToArray(),
            firsts.Select(f => f.IsNew).ToArray(),
            liveInterval,
            RevisionHistory.Of(because));
    }

    private const string SetOverAt = """
        UPDATE sessions s SET over_at = given.over_at
        FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[], $5::timestamptz[])
            AS given (site_id, stream_key, started_at, session_id, over_at)
        WHERE s.site_id = given.site_id AND s.stream_key = given.stream_key AND s.started_at = given.started_at
            AND s.session_id = given.session_id
        """;

    /// <summary>
    /// Adds the statement that notes another time at which sessions are over. Nobody else sees it, so it is no revision.
    /// </summary>
    public static void AddOverAt(NpgsqlBatch batch, IReadOnlyList<SessionRow> rows)
    {
        if (rows.Count == 0)
            return;
        batch.Add(
            SetOverAt,
            rows.Select(row => row.Stream.SiteId).ToArray(),
            rows.Select(row => row.Stream.StreamKey).ToArray(),
            rows.Select(row => Micros.ToDateTime(row.Address.StartedAt)).ToArray(),
            rows.Select(row => row.Address.SessionId).ToArray(),
            rows.Select(row => Micros.ToDateTime(row.OverAt)).ToArray());
    }

    // Amounts are decimals in the contract's grammar, which is JSON's too but for leading zeros.
    private static string? RevenueJson(RepeatedField<Money> revenue) => revenue.Count == 0
        ? null
        : JsonSerializer.Serialize(revenue.ToDictionary(
            money => money.Currency, money => decimal.Parse(money.Amount, CultureInfo.InvariantCulture)));
}

/// <summary>A session that ended otherwise than was known, and is otherwise as it is stored.</summary>
/// <param name="Session">Which.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="History">Protobuf SessionHistory, this change included.</param>
internal sealed record SessionEnd(SessionAddress Session, BoundaryReason? Reason, byte[] History);
