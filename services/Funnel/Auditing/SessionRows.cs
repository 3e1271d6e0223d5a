using System.Runtime.CompilerServices;
using Google.Protobuf;
using Npgsql;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Periods;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>A session with its stored and recomputed contribution.</summary>
/// <param name="Stored">The stored contribution; null when it is corrupt.</param>
/// <param name="Recomputed">
/// The recomputed contribution; null when the document is corrupt, which the audit of documents reports.
/// </param>
/// <param name="Version">The configuration version that it was counted by.</param>
internal sealed record CountedSession(
    DocumentKey Key, Contribution? Stored, Contribution? Recomputed, int Version)
{
    /// <summary>The contribution that a recount uses.</summary>
    public Contribution? Counted => Recomputed ?? Stored;

    public IEnumerable<(string Field, string? Stored, string? Recomputed)> Differences(int version)
    {
        if (Version != version)
            yield return ("configuration_version", $"{Version}", $"{version}");
        if (Recomputed is null || Recomputed.Equals(Stored))
            yield break;
        if (Stored is null)
        {
            yield return ("", "unreadable", Recomputed.ToString());
            yield break;
        }

        foreach (var field in Contribution.Descriptor.Fields.InFieldNumberOrder())
        {
            var (stored, recomputed) = (field.Accessor.GetValue(Stored), field.Accessor.GetValue(Recomputed));
            if (!Equals(stored, recomputed))
                yield return (field.Name, $"{stored}", $"{recomputed}");
        }
    }
}

/// <summary>Reads sessions with their contributions.</summary>
internal static class SessionRows
{
    private const int FirstYear = 1000;
    private const int LastYear = 8999;
    private const int BatchSize = 1_000;

    /// <summary>Streams the sessions of a local day that are counted by the given configuration.</summary>
    public static async IAsyncEnumerable<CountedSession> OfDayAsync(
        NpgsqlConnection connection,
        SiteConfiguration configuration,
        DateOnly day,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A version later than the newest one is wrong, and included so that the audit reports it.
        const string sql = """
            SELECT visitor_id, session_id, configuration_version, contribution, document FROM session_documents
            WHERE site_id = $1 AND started_at >= $2 AND started_at < $3 AND configuration_version >= $4
                AND NOT retracted
            """;
        // Only damaged rows have such years, for which calendar arithmetic would overflow.
        if (day.Year is < FirstYear or > LastYear)
            yield break;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(
            sql,
            configuration.SiteId,
            Days.Start(day, configuration.TimeZone),
            Days.End(day, configuration.TimeZone),
            configuration.Version));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var document = Readable.Document(Sql.Bytes(reader, 4));
            var session = new CountedSession(
                new DocumentKey(configuration.SiteId, reader.GetString(0), reader.GetGuid(1)),
                Readable.Contribution(Sql.Bytes(reader, 3)),
                document is null ? null : Contributor.Compute(document, configuration),
                reader.GetInt32(2));
            // Where clocks go back over midnight, another day may lie within this one.
            if (session.Counted is null || session.Counted.Day == day.DayNumber)
                yield return session;
        }
    }

    /// <summary>
    /// Returns the contributions counted by an older configuration; null when there are more than the maximum.
    /// </summary>
    public static async Task<List<(string VisitorId, Contribution Counted)>?> PendingAsync(
        NpgsqlConnection connection,
        SiteConfiguration configuration,
        int maxSessions,
        CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT visitor_id, contribution FROM session_documents
            WHERE site_id = $1 AND configuration_version < $2 AND NOT retracted LIMIT $3
            """;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(sql, configuration.SiteId, configuration.Version, maxSessions + 1));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var pending = new List<(string, Contribution)>();
        for (var count = 0; await reader.ReadAsync(cancellationToken); count++)
        {
            if (count == maxSessions)
                return null;
            if (Readable.Contribution(Sql.Bytes(reader, 1)) is { } counted)
                pending.Add((reader.GetString(0), counted));
        }

        return pending;
    }

    /// <summary>Returns the local days on which sessions of a site started, and possibly adjacent days.</summary>
    public static async Task<SortedSet<DateOnly>> DaysAsync(
        NpgsqlConnection connection, SiteConfiguration configuration, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT min(started_at), max(started_at) FROM session_documents
            WHERE site_id = $1 AND NOT retracted AND isfinite(started_at)
            GROUP BY (started_at AT TIME ZONE 'UTC')::date
            """;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(sql, configuration.SiteId));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var days = new SortedSet<DateOnly>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var last = Days.Of(reader.GetDateTime(1), configuration.TimeZone);
            for (var day = Days.Of(reader.GetDateTime(0), configuration.TimeZone); day <= last; day = day.AddDays(1))
                days.Add(day);
        }

        return days;
    }

    /// <summary>Stores the recomputed contributions of sessions, and nothing else.</summary>
    public static async Task SetAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<CountedSession> sessions,
        int version,
        CancellationToken cancellationToken)
    {
        const string sql = """
            UPDATE session_documents AS d
            SET configuration_version = $4, contribution = coalesce(k.contribution, d.contribution)
            FROM unnest($2::text[], $3::uuid[], $5::bytea[]) AS k(visitor_id, session_id, contribution)
            WHERE d.site_id = $1 AND d.visitor_id = k.visitor_id AND d.session_id = k.session_id
            """;
        foreach (var chunk in sessions.Chunk(BatchSize))
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(Sql.Command(
                sql,
                chunk[0].Key.SiteId,
                Array.ConvertAll(chunk, session => session.Key.VisitorId),
                Array.ConvertAll(chunk, session => session.Key.SessionId),
                version,
                Array.ConvertAll(chunk, session => session.Recomputed?.ToByteArray())));
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
