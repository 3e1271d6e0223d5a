using Npgsql;
using SessionPlatform.Funnel.Database;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// The dictionary of a site's texts, or of its visitors, in PostgreSQL. A code is assigned once, in a transaction of
/// its own, and never changes: so codes may be read outside of a report's snapshot, and be cached.
/// </summary>
internal sealed class SiteDictionary : IStringDictionary
{
    private const string LockPrefix = "session-platform/funnel/numbers/";
    private const string LockSql = "SELECT pg_advisory_xact_lock($1)";

    private static readonly DictionaryTable VisitorTable = new(
        "visitor_numbers", "visitor_id", "n.site_id = $1 AND n.visitor_id = k.text");

    private static readonly DictionaryTable TextTable = new(
        "text_numbers", "text",
        "n.site_id = $1 AND hashtextextended(n.text, 0) = hashtextextended(k.text, 0) AND n.text = k.text");

    private readonly DictionaryTable table;
    private readonly NpgsqlDataSource dataSource;
    private readonly string siteId;

    private SiteDictionary(DictionaryTable table, NpgsqlDataSource dataSource, string siteId) =>
        (this.table, this.dataSource, this.siteId) = (table, dataSource, siteId);

    /// <summary>The dictionary of visitor ids.</summary>
    public static SiteDictionary Visitors(NpgsqlDataSource dataSource, string siteId) =>
        new(VisitorTable, dataSource, siteId);

    /// <summary>The dictionary of all other strings: paths, names, dimensions, users.</summary>
    public static SiteDictionary Texts(NpgsqlDataSource dataSource, string siteId) =>
        new(TextTable, dataSource, siteId);

    /// <inheritdoc/>
    public async Task<int[]> EncodeAsync(string[] strings, CancellationToken cancellationToken)
    {
        var codes = new int[strings.Length];
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await FindAsync(connection, strings, codes, cancellationToken);
        string[] missing = [.. strings.Where((_, index) => codes[index] == 0)];
        if (missing.Length == 0)
            return codes;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var batch = new NpgsqlBatch(connection))
        {
            // Writers of a site take turns, so that no string gets two codes.
            batch.BatchCommands.Add(Sql.Command(LockSql, SiteLock.KeyOf($"{LockPrefix}{table.Name}/", siteId)));
            batch.BatchCommands.Add(Sql.Command(table.AddSql, siteId, missing));
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        await FindAsync(connection, strings, codes, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return codes;
    }

    /// <inheritdoc/>
    public async Task<Dictionary<int, string>> DecodeAsync(
        IReadOnlyCollection<int> codes, CancellationToken cancellationToken)
    {
        var strings = new Dictionary<int, string> { [0] = "" };
        if (codes.Count == 0)
            return strings;
        await using var command = dataSource.CreateCommand(table.DecodeSql);
        command.Parameters.Add(new() { Value = siteId });
        command.Parameters.Add(new() { Value = codes.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            strings[reader.GetInt32(0)] = reader.GetString(1);
        return strings;
    }

    /// <summary>Returns the first of some strings by code, in the order of their UTF-8 bytes.</summary>
    public async Task<Dictionary<int, string>> DecodeFirstAsync(
        IReadOnlyCollection<int> codes, int limit, CancellationToken cancellationToken)
    {
        var strings = new Dictionary<int, string>();
        // The empty string sorts before all others.
        if (limit > 0 && codes.Contains(0))
            strings[0] = "";
        if (codes.Count == strings.Count || limit <= strings.Count)
            return strings;
        await using var command = dataSource.CreateCommand(table.DecodeFirstSql);
        command.Parameters.Add(new() { Value = siteId });
        command.Parameters.Add(new() { Value = codes.ToArray() });
        command.Parameters.Add(new() { Value = limit - strings.Count });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            strings[reader.GetInt32(0)] = reader.GetString(1);
        return strings;
    }

    private async Task FindAsync(
        NpgsqlConnection connection, string[] strings, int[] codes, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(table.FindSql, siteId, strings));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            codes[reader.GetInt64(0)] = reader.GetInt32(1);
    }

    /// <summary>The table of a dictionary, and the statements on it.</summary>
    private sealed class DictionaryTable(string name, string column, string isSame)
    {
        public string Name { get; } = name;

        // One index lookup for each string, whatever the planner estimates of the table's size.
        public string FindSql { get; } = $"""
            SELECT k.index - 1, n.number FROM unnest($2::text[]) WITH ORDINALITY AS k(text, index)
            CROSS JOIN LATERAL (SELECT n.number FROM {name} AS n WHERE {isSame} LIMIT 1) AS n
            """;

        public string AddSql { get; } = $"""
            INSERT INTO {name} (site_id, {column}, number)
            SELECT $1, k.text, row_number() OVER () + (
                SELECT coalesce(max(m.number), 0) FROM {name} AS m WHERE m.site_id = $1)
            FROM unnest($2::text[]) AS k(text)
            WHERE NOT EXISTS (SELECT FROM {name} AS n WHERE {isSame})
            """;

        public string DecodeSql { get; } =
            $"SELECT number, {column} FROM {name} WHERE site_id = $1 AND number = ANY ($2)";

        public string DecodeFirstSql { get; } = $"""
            SELECT number, {column} FROM {name} WHERE site_id = $1 AND number = ANY ($2)
            ORDER BY {column} COLLATE "C" LIMIT $3
            """;
    }
}
