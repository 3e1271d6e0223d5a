using Google.Protobuf;
using Npgsql;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.Configuration;

/// <summary>
/// Reads and writes <c>site_configurations</c> and <c>funnels</c>. Each change first locks the row of the site.
/// </summary>
internal static class ConfigurationSql
{
    /// <summary>The maximum number of funnels of a site; each session is matched against all of them.</summary>
    public const int MaxFunnels = 100;

    // Sunday is the last day of the contract's week and the first of .NET's.
    private const int DaysAWeek = 7;

    /// <summary>Stores the rules of the site, unless newer ones are stored.</summary>
    public static async Task TakeOverAsync(NpgsqlConnection connection, Site site, CancellationToken cancellationToken)
    {
        const string insert = """
            WITH added AS (
                INSERT INTO site_configurations (site_id, version, rules_version, time_zone, ecommerce, week_start)
                VALUES ($1, 1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING site_id)
            INSERT INTO funnels (site_id, name, since_version, definition)
            SELECT site_id, $6, 1, $7 FROM added
            """;
        const string lockRow = """
            SELECT version, time_zone <> $3, ecommerce <> $4 FROM site_configurations
            WHERE site_id = $1 AND rules_version < $2 FOR UPDATE
            """;
        var pages = (site.Rules?.Ecommerce ?? new EcommercePages()).ToByteArray();
        var zone = site.Rules?.TimeZone is { Length: > 0 } given ? given : "UTC";
        // Checked before it is stored: days must not be counted by a time zone that this machine does not know.
        TimeZoneInfo.FindSystemTimeZoneById(zone);

        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(Sql.Command(insert, site.SiteId, site.RulesVersion, zone, pages, WeekStart(site),
                EcommerceFunnel.Name, EcommerceFunnel.Definition.ToByteArray()));
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        int version;
        bool otherZone, otherPages;
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(Sql.Command(lockRow, site.SiteId, site.RulesVersion, zone, pages));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
                return;
            (version, otherZone, otherPages) = (reader.GetInt32(0), reader.GetBoolean(1), reader.GetBoolean(2));
        }

        await ReplaceRulesAsync(
            connection, site, zone, pages, otherZone || otherPages ? version + 1 : version, otherZone, otherPages,
            cancellationToken);
    }

    private static async Task ReplaceRulesAsync(
        NpgsqlConnection connection, Site site, string zone, byte[] pages, int version, bool otherZone, bool otherPages,
        CancellationToken cancellationToken)
    {
        const string update = """
            UPDATE site_configurations
            SET version = $2, rules_version = $3, time_zone = $4, ecommerce = $5, week_start = $6
            WHERE site_id = $1
            """;
        // Only days move; counts stay comparable, so the funnels keep their ids.
        const string moveDays = "UPDATE funnels SET since_version = $2 WHERE site_id = $1";
        const string replace = """
            UPDATE funnels SET since_version = $2, funnel_id = DEFAULT WHERE site_id = $1 AND name = $3
            """;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(
            update, site.SiteId, version, site.RulesVersion, zone, pages, WeekStart(site)));
        if (otherZone)
            batch.BatchCommands.Add(Sql.Command(moveDays, site.SiteId, version));
        if (otherPages)
            batch.BatchCommands.Add(Sql.Command(replace, site.SiteId, version, EcommerceFunnel.Name));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Creates or replaces a funnel; idempotent. Returns false when the site already has <see cref="MaxFunnels"/>.
    /// </summary>
    public static async Task<bool> DefineAsync(
        NpgsqlConnection connection, string siteId, FunnelDefinition definition, CancellationToken cancellationToken)
    {
        const string lockRow = "SELECT 1 FROM site_configurations WHERE site_id = $1 FOR UPDATE";
        const string look = """
            SELECT count(*) FILTER (WHERE name <> $2), count(*) FILTER (WHERE name = $2 AND definition = $3)
            FROM funnels WHERE site_id = $1
            """;
        const string raise = "UPDATE site_configurations SET version = version + 1 WHERE site_id = $1";
        const string upsert = """
            INSERT INTO funnels AS f (site_id, name, since_version, definition)
            SELECT site_id, $2, version, $3 FROM site_configurations WHERE site_id = $1
            ON CONFLICT (site_id, name) DO UPDATE
                SET since_version = excluded.since_version, definition = excluded.definition, funnel_id = DEFAULT
            """;
        var bytes = definition.ToByteArray();
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(Sql.Command(lockRow, siteId));
            batch.BatchCommands.Add(Sql.Command(look, siteId, definition.Name, bytes));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            if (reader.GetInt64(0) >= MaxFunnels)
                return false;
            if (reader.GetInt64(1) > 0)
                return true;
        }

        await using var write = new NpgsqlBatch(connection);
        write.BatchCommands.Add(Sql.Command(raise, siteId));
        write.BatchCommands.Add(Sql.Command(upsert, siteId, definition.Name, bytes));
        await write.ExecuteNonQueryAsync(cancellationToken);
        return true;
    }

    /// <summary>Returns the stored configuration; null when the site is not stored yet.</summary>
    public static async Task<SiteConfiguration?> LoadAsync(
        NpgsqlConnection connection, string siteId, CancellationToken cancellationToken)
    {
        const string site = """
            SELECT version, time_zone, ecommerce, week_start FROM site_configurations WHERE site_id = $1
            """;
        const string funnels = """
            SELECT funnel_id, since_version, definition FROM funnels
            WHERE site_id = $1 ORDER BY name <> $2, name
            """;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(site, siteId));
        batch.BatchCommands.Add(Sql.Command(funnels, siteId, EcommerceFunnel.Name));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        var version = reader.GetInt32(0);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(reader.GetString(1));
        var pages = EcommercePages.Parser.ParseFrom(Sql.Bytes(reader, 2));
        var weekStart = (DayOfWeek)(reader.GetInt16(3) % DaysAWeek);

        await reader.NextResultAsync(cancellationToken);
        var found = new List<SiteFunnel>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var definition = FunnelDefinition.Parser.ParseFrom(Sql.Bytes(reader, 2));
            found.Add(new SiteFunnel(reader.GetInt32(0), reader.GetInt32(1), definition, Rules(definition, pages)));
        }

        return new SiteConfiguration(siteId, version, zone, weekStart, found);
    }

    private static IFunnel Rules(FunnelDefinition definition, EcommercePages pages)
    {
        if (definition.Name == EcommerceFunnel.Name)
            return new EcommerceFunnel(pages);
        return OrderedFunnel.Covers(definition) ? new OrderedFunnel(definition) : new SessionFunnel(definition);
    }

    private static short WeekStart(Site site) =>
        (short)(site.Rules?.WeekStart is { } day and not SiteRules.Types.Weekday.Unspecified
            ? day
            : SiteRules.Types.Weekday.Monday);
}
