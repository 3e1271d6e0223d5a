using Npgsql;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Periods;

namespace SessionPlatform.Funnel.Applying;

/// <summary>
/// Compares the stored facts of a day with those recomputed from documents and bot marks, and the totals of hours with
/// the facts. All statements run in the transaction of the connection, whose snapshot or lock keeps the data stable.
/// </summary>
internal sealed class FactComparison(NpgsqlConnection connection, SiteConfiguration configuration)
{
    private const int BatchSize = 500;
    private const int FirstYear = 1000;
    private const int LastYear = 8999;

    // PostgreSQL reads these as -infinity and infinity.
    private static readonly DateTime Earliest = DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);
    private static readonly DateTime Latest = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);

    private const string OpenSql = """
        DECLARE documents NO SCROLL CURSOR FOR
        SELECT d.visitor_id, d.session_id, d.document, m.is_bot
        FROM session_documents AS d LEFT JOIN bot_marks AS m USING (site_id, visitor_id)
        WHERE d.site_id = $1 AND d.started_at >= $2 AND d.started_at < $3 AND d.configuration_version >= $4
            AND NOT d.retracted
        """;

    private static readonly string FetchSql = $"FETCH {BatchSize} FROM documents";

    private const string CloseSql = "CLOSE documents";

    private const string ExtraCondition = """
        f.site_id = $1 AND f.started_at >= $2 AND f.started_at <= $3
            AND (f.started_at < $3 OR NOT isfinite(f.started_at)) AND NOT EXISTS (
            SELECT FROM session_documents AS d
            WHERE d.site_id = f.site_id AND d.visitor_id = f.visitor_id AND d.session_id = f.session_id
                AND d.started_at = f.started_at AND NOT d.retracted)
        """;

    private const string ExtrasSql = $"SELECT f.session_id FROM session_facts AS f WHERE {ExtraCondition}";

    private const string DeleteExtrasSql = $"DELETE FROM session_facts AS f WHERE {ExtraCondition}";

    private static readonly string DifferencesSql =
        $"""
        SELECT k.session_id, c.name, c.stored, c.recomputed
        FROM ({FactTable.Rows}) AS k LEFT JOIN session_facts AS f
            ON f.site_id = k.site_id AND f.started_at = k.started_at AND f.session_id = k.session_id
        CROSS JOIN LATERAL (VALUES {Each(column => $"('{column}', f.{column}::text, k.{column}::text)")})
            AS c(name, stored, recomputed)
        WHERE ({Each(column => $"f.{column}")}) IS DISTINCT FROM ({Each(column => $"k.{column}")})
            AND c.stored IS DISTINCT FROM c.recomputed AND (f.session_id IS NOT NULL OR c.name = 'session_id')
        """;

    private readonly HourComparison hours = new(connection, configuration.SiteId);

    /// <summary>Compares all facts of a day.</summary>
    /// <param name="onDifferenceAsync">Receives subject, column, stored value, and recomputed value.</param>
    /// <returns>The number of sessions compared.</returns>
    public async Task<int> CompareAsync(
        DateOnly day,
        Func<string, string, string?, string?, Task> onDifferenceAsync,
        CancellationToken cancellationToken)
    {
        var compared = 0;
        await OpenAsync(day, cancellationToken);
        while (await FetchAsync(cancellationToken) is { } facts)
        {
            compared += facts.Count;
            foreach (var (sessionId, column, stored, recomputed) in await DifferencesAsync(facts, cancellationToken))
                await onDifferenceAsync(Subject(sessionId), column, stored, recomputed);
        }

        foreach (var sessionId in await ExtrasAsync(day, cancellationToken))
            await onDifferenceAsync(Subject(sessionId), "session_id", sessionId.ToString("D"), null);
        var (from, to) = Span(day);
        foreach (var (subject, column, stored, recomputed) in await hours.DifferencesAsync(from, to, cancellationToken))
            await onDifferenceAsync(subject, column, stored, recomputed);
        return compared;
    }

    /// <summary>
    /// Replaces the facts of the day by the recomputed ones. This counts as a change, so that copies of them are
    /// rebuilt. The caller holds the exclusive lock of the site.
    /// </summary>
    /// <returns>The number of rows written or deleted.</returns>
    public async Task<int> RepairAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var repaired = 0;
        await OpenAsync(day, cancellationToken);
        while (await FetchAsync(cancellationToken) is { } facts)
        {
            var different = (await DifferencesAsync(facts, cancellationToken))
                .Select(difference => difference.SessionId).ToHashSet();
            if (different.Count == 0)
                continue;
            await ExecuteAsync(
                FactTable.Set(facts.Where(found => different.Contains(found.Key.SessionId))), cancellationToken);
            repaired += different.Count;
        }

        var (from, to) = Span(day);
        repaired += await ExecuteAsync(
            Sql.Command(DeleteExtrasSql, configuration.SiteId, from, to), cancellationToken);
        return repaired + await hours.RepairAsync(from, to, changed: true, cancellationToken);
    }

    private async Task OpenAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var (from, to) = Span(day);
        await ExecuteAsync(
            Sql.Command(OpenSql, configuration.SiteId, from, to, configuration.Version), cancellationToken);
    }

    /// <summary>Returns the facts of the next documents, without corrupt ones; null at the end.</summary>
    private async Task<List<SessionFacts>?> FetchAsync(CancellationToken cancellationToken)
    {
        var facts = new List<SessionFacts>();
        var rows = 0;
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(Sql.Command(FetchSql));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            for (; await reader.ReadAsync(cancellationToken); rows++)
            {
                var key = new DocumentKey(configuration.SiteId, reader.GetString(0), reader.GetGuid(1));
                if (Readable.Document(Sql.Bytes(reader, 2)) is { } document)
                    facts.Add(FactFinder.Find(key, document, configuration.TimeZone, Sql.Boolean(reader, 3)));
            }
        }

        if (rows > 0)
            return facts;
        await ExecuteAsync(Sql.Command(CloseSql), cancellationToken);
        return null;
    }

    private async Task<List<(Guid SessionId, string Column, string? Stored, string? Recomputed)>> DifferencesAsync(
        List<SessionFacts> facts, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(DifferencesSql, FactTable.Parameters([.. facts])));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var differences = new List<(Guid, string, string?, string?)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            differences.Add(
                (reader.GetGuid(0), reader.GetString(1), Sql.Text(reader, 2), Sql.Text(reader, 3)));
        }

        return differences;
    }

    private async Task<List<Guid>> ExtrasAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var (from, to) = Span(day);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(ExtrasSql, configuration.SiteId, from, to));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var extras = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
            extras.Add(reader.GetGuid(0));
        return extras;
    }

    private async Task<int> ExecuteAsync(NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(command);
        return Math.Max(await batch.ExecuteNonQueryAsync(cancellationToken), 0);
    }

    /// <summary>
    /// Returns the span from the first instant of the day to that of the next. Years out of range, which only damaged
    /// rows have, are covered as one span.
    /// </summary>
    private (DateTime From, DateTime To) Span(DateOnly day) => day.Year switch
    {
        < FirstYear => (Earliest, new DateTime(FirstYear, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
        > LastYear => (new DateTime(LastYear + 1, 1, 1, 0, 0, 0, DateTimeKind.Utc), Latest),
        _ => (Days.Start(day, configuration.TimeZone), Days.Start(day.AddDays(1), configuration.TimeZone)),
    };

    private static string Subject(Guid sessionId) => $"session_facts {sessionId:D}";

    private static string Each(Func<string, string> text) =>
        string.Join(", ", FactColumn.All.Select(column => text(column.Name)));
}
