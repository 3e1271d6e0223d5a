using System.Collections.Concurrent;
using Grpc.Core;
using Npgsql;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Access;

namespace SessionPlatform.Funnel.Storage;

/// <summary>
/// The configurations of sites: the rules as the Sessionizer gives them, as far as contributions depend on them, and
/// the funnels. Each change that matters makes a new version, which sessions counted by an older one are recounted by.
/// </summary>
internal sealed class Configurations(NpgsqlDataSource dataSource, ISiteDirectory sites)
{
    // Far above the sites of one suite; merely bounds the memory.
    private const int MaxCached = 10_000;

    private readonly ConcurrentDictionary<string, (int RulesVersion, SiteConfiguration Configuration)> cache =
        new(StringComparer.Ordinal);

    /// <summary>The configuration by the site's current rules; null when there is no such site.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: the rules of a site never seen before cannot be had now.</exception>
    public async ValueTask<SiteConfiguration?> FindAsync(string siteId, CancellationToken cancellationToken)
    {
        Site? site;
        try
        {
            site = await sites.FindAsync(siteId, cancellationToken);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable)
        {
            // The rules last seen are good enough: should they have changed, the sessions are recounted later.
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

    /// <summary>To be called when the database turns out to have a newer version than was found here.</summary>
    public void Forget(string siteId) => cache.TryRemove(siteId, out _);

    /// <summary>Creates or replaces a funnel of a site that <see cref="FindAsync"/> found.</summary>
    /// <returns>False: the site has as many funnels as it may have.</returns>
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
        // By rules of unknown age: the next answer of the directory is newer.
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
