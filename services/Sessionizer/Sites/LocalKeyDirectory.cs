using SessionPlatform.Access;

namespace SessionPlatform.Sessionizer.Sites;

/// <summary>Keys for the Sessionizer's own access checks: straight from its database.</summary>
internal sealed class LocalKeyDirectory(SiteStore sites) : IKeyDirectory
{
    public async ValueTask<Caller?> FindAsync(string secret, CancellationToken cancellationToken) =>
        await sites.ResolveKeyAsync(SiteKeys.Hash(secret), cancellationToken) is { } found
            ? new Caller(false, found.Site, found.Scopes.ToHashSet())
            : null;
}
