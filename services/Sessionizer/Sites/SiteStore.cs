using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Sessionizer.Sites;

/// <summary>The tables <c>sites</c> and <c>site_keys</c>.</summary>
internal sealed class SiteStore(NpgsqlDataSource dataSource, TimeProvider time)
{
    private const string InsertSite = """
        WITH added AS (
            INSERT INTO sites (site_id, rules_version, base_version, created_at) VALUES ($1, 1, 1, $3)
            ON CONFLICT DO NOTHING
            RETURNING site_id)
        INSERT INTO site_rules (site_id, version, valid_from, rules) SELECT site_id, 1, $3, $2 FROM added
        """;

    private const string InsertKey = """
        INSERT INTO site_keys (secret_sha256, site_id, key_id, scopes, created_at)
        VALUES ($1, $2, $3, $4, $5)
        """;

    /// <summary>Stores a new site with its first keys; null when the id is taken.</summary>
    public async Task<Site?> CreateAsync(
        string siteId, SiteRules rules, IReadOnlyList<NewKey> keys, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var insert = new NpgsqlCommand(InsertSite, connection))
        {
            insert.Parameters.Add(new() { Value = siteId });
            insert.Parameters.Add(new() { Value = rules.ToByteArray() });
            insert.Parameters.Add(new() { Value = now });
            if (await insert.ExecuteNonQueryAsync(cancellationToken) == 0)
                return null;
        }

        foreach (var key in keys)
            await InsertKeyAsync(connection, siteId, key, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new Site { SiteId = siteId, Rules = rules, RulesVersion = 1, CreatedAt = now.ToTimestamp() };
    }

    private const string SelectSites = """
        SELECT sites.site_id, site_rules.rules, rules_version, created_at
        FROM sites JOIN site_rules ON site_rules.site_id = sites.site_id AND site_rules.version = rules_version
        """;

    /// <summary>All sites, by id.</summary>
    public async Task<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"{SelectSites} ORDER BY sites.site_id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sites = new List<Site>();
        while (await reader.ReadAsync(cancellationToken))
            sites.Add(ReadSite(reader));
        return sites;
    }

    /// <summary>One site; null when there is none.</summary>
    public async Task<Site?> FindAsync(string siteId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"{SelectSites} WHERE sites.site_id = $1");
        command.Parameters.Add(new() { Value = siteId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ReadSite(reader) : null;
    }

    /// <summary>Stores a further key of an existing site.</summary>
    public async Task AddKeyAsync(string siteId, NewKey key, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await InsertKeyAsync(connection, siteId, key, cancellationToken);
    }

    private const string RevokeKey =
        "UPDATE site_keys SET revoked_at = $3 WHERE site_id = $1 AND key_id = $2 AND revoked_at IS NULL";

    /// <summary>Ends a key; false when the site has no such valid key.</summary>
    public async Task<bool> RevokeKeyAsync(string siteId, string keyId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(RevokeKey);
        command.Parameters.Add(new() { Value = siteId });
        command.Parameters.Add(new() { Value = keyId });
        command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private const string SelectKey = """
        SELECT sites.site_id, rules, rules_version, sites.created_at, scopes
        FROM site_keys
        JOIN sites ON sites.site_id = site_keys.site_id
        JOIN site_rules ON site_rules.site_id = sites.site_id AND version = rules_version
        WHERE secret_sha256 = $1 AND revoked_at IS NULL
        """;

    /// <summary>Whose valid key this is; null when it is nobody's.</summary>
    public async Task<(Site Site, Key.Types.Scope[] Scopes)?> ResolveKeyAsync(
        byte[] secretSha256, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(SelectKey);
        command.Parameters.Add(new() { Value = secretSha256 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        return (ReadSite(reader), ReadScopes(reader));
    }

    private async Task InsertKeyAsync(
        NpgsqlConnection connection, string siteId, NewKey key, CancellationToken cancellationToken)
    {
        await using var insert = new NpgsqlCommand(InsertKey, connection);
        insert.Parameters.Add(new() { Value = SiteKeys.Hash(key.Secret) });
        insert.Parameters.Add(new() { Value = siteId });
        insert.Parameters.Add(new() { Value = key.Key.KeyId });
        insert.Parameters.Add(new() { Value = key.Key.Scopes.Select(scope => (int)scope).ToArray() });
        insert.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Key.Types.Scope[] ReadScopes(NpgsqlDataReader reader) =>
        Array.ConvertAll(reader.GetFieldValue<int[]>(4), scope => (Key.Types.Scope)scope);

    internal static Site ReadSite(NpgsqlDataReader reader) => new()
    {
        SiteId = reader.GetString(0),
        Rules = SiteRules.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1)),
        RulesVersion = reader.GetInt32(2),
        CreatedAt = reader.GetDateTime(3).ToTimestamp(),
    };
}
