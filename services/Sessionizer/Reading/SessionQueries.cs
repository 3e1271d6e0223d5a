using System.Text;
using Npgsql;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Sessionizer.Storage;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;

namespace SessionPlatform.Sessionizer.Reading;

/// <summary>Finds sessions for readers. Retracted ones are not there.</summary>
internal static class SessionQueries
{
    // Clients of gRPC take answers of 4 MiB unless they are told otherwise; and a hostile visitor's session may take
    // 20 MB, so a number of sessions alone bounds nothing.
    private const int MostBytes = 3 * 1024 * 1024;

    /// <summary>
    /// Sessions by start and id, newest first, from behind the cursor: so many, or fewer when these are large; and
    /// whether there are more.
    /// </summary>
    public static async Task<(List<SessionRecord> Sessions, bool HasMore)> ListAsync(
        NpgsqlDataSource dataSource,
        string siteId,
        SessionFilter? filter,
        PageCursor? cursor,
        int limit,
        CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand();
        var where = new Conditions(command);
        where.Add("s.site_id = {0}", siteId);
        if (cursor is { } after)
            where.Add("(s.started_at, s.session_id) < ({0}, {1})", Micros.ToDateTime(after.StartedAt), after.SessionId);
        if (filter is not null)
            AddFilter(where, filter);
        command.CommandText = $"""
            SELECT {SessionTable.StoredColumns} FROM sessions s
            WHERE NOT s.retracted{where}
            ORDER BY s.started_at DESC, s.session_id DESC
            LIMIT {limit + 1}
            """;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sessions = new List<SessionRecord>();
        var bytes = 0L;
        while (sessions.Count < limit && bytes < MostBytes && await reader.ReadAsync(cancellationToken))
        {
            sessions.Add(SessionTable.Read(reader));
            bytes += sessions[^1].Bytes;
        }

        // One more than asked for tells whether there is a next page.
        return (sessions, await reader.ReadAsync(cancellationToken));
    }

    /// <summary>One session; null when the site has none of this id.</summary>
    public static async Task<SessionRecord?> FindAsync(
        NpgsqlDataSource dataSource, string siteId, Guid sessionId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"""
            SELECT {SessionTable.StoredColumns} FROM sessions s
            WHERE s.session_id = $1 AND s.site_id = $2 AND NOT s.retracted
            """);
        command.Parameters.Add(new() { Value = sessionId });
        command.Parameters.Add(new() { Value = siteId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? SessionTable.Read(reader) : null;
    }

    private const string CountClosing = """
        SELECT count(*) FROM streams
        JOIN LATERAL (
            SELECT FROM sessions s
            WHERE s.site_id = streams.site_id AND s.stream_key = streams.stream_key
                AND s.started_at >= streams.open_from AND NOT s.closed AND NOT s.retracted AND s.over_at < $1
            OFFSET 0) s ON true
        WHERE streams.open_until < $1
        """;

    /// <summary>How many sessions were over at a time and are not closed yet.</summary>
    public static async Task<uint> CountClosingAsync(
        NpgsqlDataSource dataSource, DateTime time, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(CountClosing);
        command.Parameters.Add(new() { Value = time });
        return (uint)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static void AddFilter(Conditions where, SessionFilter filter)
    {
        if (filter.Range?.From is { } from)
            where.Add("s.started_at >= {0}", from.ToDateTime());
        if (filter.Range?.To is { } to)
            where.Add("s.started_at < {0}", to.ToDateTime());
        where.AddText("s.visitor_id = {0}", filter.VisitorId);
        where.AddText("s.user_id = {0}", filter.UserId);
        if (filter.HasEntryPage)
            where.Add("s.entry_page = {0}", filter.EntryPage);
        if (filter.HasExitPage)
            where.Add("s.exit_page = {0}", filter.ExitPage);
        where.AddText("s.channel = {0}", filter.Channel);
        where.AddText("s.utm_source = {0}", filter.UtmSource.Trim().ToLowerInvariant());
        where.AddText("s.utm_campaign = {0}", filter.UtmCampaign.Trim().ToLowerInvariant());
        where.AddText("s.referrer_host = {0}", filter.ReferrerHost);
        if (filter.HasConverted)
            where.Add("(s.conversions > 0) = {0}", filter.Converted);
        if (filter.HasBounced)
            where.Add("s.bounced = {0}", filter.Bounced);
        if (filter.HasEngaged)
            where.Add("s.engaged = {0}", filter.Engaged);
        if (filter.HasIsNew)
            where.Add("s.is_new = {0}", filter.IsNew);
        if (filter.HasClosed)
            where.Add("s.closed = {0}", filter.Closed);
        if (filter.StartReason != BoundaryReason.Unspecified)
            where.Add("s.start_reason = {0}", (short)filter.StartReason);
        if (filter.HasMinPageViews)
            where.Add("s.page_views >= {0}", filter.MinPageViews);
    }

    /// <summary>Conditions that all must hold; values travel as parameters, never in the text.</summary>
    private sealed class Conditions(NpgsqlCommand command)
    {
        private readonly StringBuilder _sql = new();

        public void Add(string condition, params object[] values)
        {
            var names = new object[values.Length];
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters.Add(new() { Value = values[i] });
                names[i] = $"${command.Parameters.Count}";
            }

            _sql.Append(" AND ").AppendFormat(null, condition, names);
        }

        public void AddText(string condition, string value)
        {
            if (value.Length > 0)
                Add(condition, value);
        }

        public override string ToString() => _sql.ToString();
    }
}
