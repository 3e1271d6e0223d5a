using System.Collections.Concurrent;
using Grpc.Core;
using Npgsql;
using SessionPlatform.Access;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Funnel.Configuration;

/// <summary>
/// Finds the configurations of sites: their funnels, and the rules from the Sessionizer as far as contributions depend
/// on them. Each relevant change creates a new version; sessions counted by an older one are recounted.
/// </summary>
internal sealed class Configurations(NpgsqlDataSource dataSource, ISiteDirectory sites)
{
    // Far above the number of sites of an installation; it only bounds the memory.
    private const int MaxCached = 10_000;

    private readonly ConcurrentDictionary<string, (int RulesVersion, SiteConfiguration Configuration)> cache =
        new(StringComparer.Ordinal);

    /// <summary>Returns the configuration by the current rules of the site; null when there is no such site.</summary>
    /// <exception cref="RpcException">
    /// UNAVAILABLE: the site is new to this service, and its rules cannot be read at the moment.
    /// </exception>
    public async ValueTask<SiteConfiguration?> FindAsync(string siteId, CancellationToken cancellationToken)
    {
        Site? site;
        try
        {
            site = await sites.FindAsync(siteId, cancellationToken);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
        {
            // The last known rules suffice: if they have changed, the sessions are recounted later.
            if (await FindStoredAsync(siteId, cancellationToken) is { } stored)
                return stored;
            throw;
        }

        if (site is null)
            return null;
        if (cache.TryGetValue(siteId, out var known) && known.RulesVersion >= site.RulesVersion)
            return known.Configuration;

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ConfigurationSql.TakeOverAsync(connection, site, cancellationToken);
        var configuration = await ConfigurationSql.LoadAsync(connection, siteId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Remember(site.RulesVersion, configuration!);
    }

    /// <summary>Evicts a site from the cache, when the database has a newer version than the cached one.</summary>
    public void Forget(string siteId) => cache.TryRemove(siteId, out _);

    /// <summary>Creates or replaces a funnel of a site that <see cref="FindAsync"/> found.</summary>
    /// <returns>False when the site already has the maximum number of funnels.</returns>
    public async Task<bool> DefineAsync(string siteId, FunnelDefinition definition, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var defined = await ConfigurationSql.DefineAsync(connection, siteId, definition, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Forget(siteId);
        return defined;
    }

    private async Task<SiteConfiguration?> FindStoredAsync(string siteId, CancellationToken cancellationToken)
    {
        if (cache.TryGetValue(siteId, out var known))
            return known.Configuration;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var configuration = await ConfigurationSql.LoadAsync(connection, siteId, cancellationToken);
        // The age of these rules is unknown, so the next answer of the directory counts as newer.
        return configuration is null ? null : Remember(rulesVersion: 0, configuration);
    }

    private SiteConfiguration Remember(int rulesVersion, SiteConfiguration configuration)
    {
        if (cache.Count >= MaxCached)
            cache.Clear();
        cache[configuration.SiteId] = (rulesVersion, configuration);
        return configuration;
    }
}
