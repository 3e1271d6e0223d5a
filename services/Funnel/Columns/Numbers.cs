using Npgsql;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// The numbers that stand for a site's visitors, or for its texts, in columns. A number is given once, by a transaction
/// of its own, and never changes: so it may be read outside of a report's snapshot, and be remembered.
/// </summary>
internal sealed class Numbers
{
    public static readonly Numbers OfVisitors = new(
        "visitor_numbers", "visitor_id", "n.site_id = $1 AND n.visitor_id = k.text");

    public static readonly Numbers OfTexts = new(
        "text_numbers", "text",
        "n.site_id = $1 AND hashtextextended(n.text, 0) = hashtextextended(k.text, 0) AND n.text = k.text");

    private const string LockPrefix = "session-platform/funnel/numbers/";
    private const string LockSql = "SELECT pg_advisory_xact_lock($1)";

    private readonly string table;
    private readonly string column;
    private readonly string findSql;
    private readonly string addSql;

    private Numbers(string table, string column, string isSame)
    {
        (this.table, this.column) = (table, column);
        // One index lookup for each, whatever the planner thinks of the table's size.
        findSql = $"""
            SELECT k.index - 1, n.number FROM unnest($2::text[]) WITH ORDINALITY AS k(text, index)
            CROSS JOIN LATERAL (SELECT n.number FROM {table} AS n WHERE {isSame} LIMIT 1) AS n
            """;
        addSql = $"""
            INSERT INTO {table} (site_id, {column}, number)
            SELECT $1, k.text, row_number() OVER () + (
                SELECT coalesce(max(m.number), 0) FROM {table} AS m WHERE m.site_id = $1)
            FROM unnest($2::text[]) AS k(text)
            WHERE NOT EXISTS (SELECT FROM {table} AS n WHERE {isSame})
            """;
    }

    /// <summary>The number of each of different texts, in their order; those that have none yet get one.</summary>
    public async Task<int[]> OfAsync(
        NpgsqlDataSource dataSource, string siteId, string[] texts, CancellationToken cancellationToken)
    {
        var numbers = new int[texts.Length];
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await FindAsync(connection, siteId, texts, numbers, cancellationToken);
        string[] missing = [.. texts.Where((_, index) => numbers[index] == 0)];
        if (missing.Length == 0)
            return numbers;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var batch = new NpgsqlBatch(connection))
        {
            // One after the other: so no text gets two numbers.
            batch.BatchCommands.Add(Sql.Command(LockSql, SiteLock.KeyOf($"{LockPrefix}{table}/", siteId)));
            batch.BatchCommands.Add(Sql.Command(addSql, siteId, missing));
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        await FindAsync(connection, siteId, texts, numbers, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return numbers;
    }

    /// <summary>The texts of numbers.</summary>
    public async Task<Dictionary<int, string>> TextsAsync(
        NpgsqlDataSource dataSource,
        string siteId,
        IReadOnlyCollection<int> numbers,
        CancellationToken cancellationToken)
    {
        var texts = new Dictionary<int, string> { [0] = "" };
        if (numbers.Count == 0)
            return texts;
        await using var command = dataSource.CreateCommand(
            $"SELECT number, {column} FROM {table} WHERE site_id = $1 AND number = ANY ($2)");
        command.Parameters.Add(new() { Value = siteId });
        command.Parameters.Add(new() { Value = numbers.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            texts[reader.GetInt32(0)] = reader.GetString(1);
        return texts;
    }

    /// <summary>The first of some texts in the order of their bytes, by number.</summary>
    public async Task<Dictionary<int, string>> FirstsAsync(
        NpgsqlDataSource dataSource,
        string siteId,
        IReadOnlyCollection<int> numbers,
        int limit,
        CancellationToken cancellationToken)
    {
        var texts = new Dictionary<int, string>();
        // The empty one is before all others.
        if (limit > 0 && numbers.Contains(0))
            texts[0] = "";
        if (numbers.Count == texts.Count || limit <= texts.Count)
            return texts;
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT number, {column} FROM {table} WHERE site_id = $1 AND number = ANY ($2)
            ORDER BY {column} COLLATE "C" LIMIT $3
            """);
        command.Parameters.Add(new() { Value = siteId });
        command.Parameters.Add(new() { Value = numbers.ToArray() });
        command.Parameters.Add(new() { Value = limit - texts.Count });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            texts[reader.GetInt32(0)] = reader.GetString(1);
        return texts;
    }

    private async Task FindAsync(
        NpgsqlConnection connection,
        string siteId,
        string[] texts,
        int[] numbers,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(findSql, siteId, texts));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            numbers[reader.GetInt64(0)] = reader.GetInt32(1);
    }
}
