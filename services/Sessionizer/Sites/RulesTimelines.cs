using System.Collections.Concurrent;
using Npgsql;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Sites;

/// <summary>Which versions of a site's rules count: from the base version to the current one.</summary>
internal readonly record struct SiteVersions(int Base, int Current);

/// <summary>The table <c>site_rules</c>: rules over time, remembered as long as they are the current ones.</summary>
internal sealed class RulesTimelines
{
    // Far above the sites of one suite; merely bounds the memory.
    private const int MaxCached = 10_000;

    private readonly ConcurrentDictionary<string, (SiteVersions Versions, RulesTimeline Timeline)> _cache =
        new(StringComparer.Ordinal);

    /// <summary>The timelines of sites by id.</summary>
    public async Task<Dictionary<string, RulesTimeline>> GetAsync(
        NpgsqlConnection connection,
        IReadOnlyDictionary<string, SiteVersions> sites,
        CancellationToken cancellationToken)
    {
        var timelines = new Dictionary<string, RulesTimeline>(sites.Count, StringComparer.Ordinal);
        foreach (var (siteId, versions) in sites)
        {
            if (!_cache.TryGetValue(siteId, out var known) || known.Versions != versions)
                known = Remember(siteId, versions, await LoadAsync(connection, siteId, versions, cancellationToken));
            timelines.Add(siteId, known.Timeline);
        }

        return timelines;
    }

    /// <summary>A version's rules as they were given and since when they hold, in order.</summary>
    public static async Task<List<(int Version, long From, SiteRules Rules)>> ReadAsync(
        NpgsqlConnection connection, string siteId, SiteVersions versions, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT version, valid_from, rules FROM site_rules
            WHERE site_id = $1 AND version BETWEEN $2 AND $3 ORDER BY version
            """;
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters = { new() { Value = siteId }, new() { Value = versions.Base }, new() { Value = versions.Current } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var read = new List<(int, long, SiteRules)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var bytes = await reader.GetFieldValueAsync<byte[]>(2, cancellationToken);
            read.Add((
                reader.GetInt32(0),
                Micros.FromDateTime(reader.GetDateTime(1)),
                SiteRules.Parser.ParseFrom(bytes)));
        }

        return read;
    }

    private static async Task<RulesTimeline> LoadAsync(
        NpgsqlConnection connection, string siteId, SiteVersions versions, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(connection, siteId, versions, cancellationToken);
        return new(read.Select(each => new RulesVersion(each.Version, each.From, SessionRules.From(each.Rules))));
    }

    private (SiteVersions, RulesTimeline) Remember(string siteId, SiteVersions versions, RulesTimeline timeline)
    {
        if (_cache.Count >= MaxCached)
            _cache.Clear();
        return _cache[siteId] = (versions, timeline);
    }
}
