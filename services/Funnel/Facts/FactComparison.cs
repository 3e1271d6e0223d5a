using Npgsql;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Facts;

/// <summary>
/// Compares the facts of a day with what its documents and the marks of their visitors give, and the totals of its
/// hours with the facts; all within the transaction of the connection, by whose snapshot or lock they stand still.
/// </summary>
internal sealed class FactComparison(NpgsqlConnection connection, SiteConfiguration configuration)
{
    private const int AtOnce = 500;
    private const int FirstYear = 1000;
    private const int LastYear = 8999;

    // Infinity to PostgreSQL.
    private static readonly DateTime Earliest = DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);
    private static readonly DateTime Latest = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);

    private const string OpenSql = """
        DECLARE documents NO SCROLL CURSOR FOR
        SELECT d.visitor_id, d.session_id, d.document, m.is_bot
        FROM session_documents AS d LEFT JOIN bot_marks AS m USING (site_id, visitor_id)
        WHERE d.site_id = $1 AND d.started_at >= $2 AND d.started_at < $3 AND d.configuration_version >= $4
            AND NOT d.retracted
        """;

    private static readonly string FetchSql = $"FETCH {AtOnce} FROM documents";

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

    /// <param name="onDifferenceAsync">Gets subject, column, what is stored, and what should be.</param>
    /// <returns>How many sessions were compared.</returns>
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
    /// Sets the facts of the day, which counts as a change of them, so that copies of them are made anew; whoever calls
    /// holds the site's lock alone.
    /// </summary>
    /// <returns>How many rows were written or deleted.</returns>
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

    /// <summary>The facts of the next documents, unreadable ones left out; null: there are no more.</summary>
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
    /// From the day's first instant to the next day's; of years that are only of rows somebody made up, all at once.
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
