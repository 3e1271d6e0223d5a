using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Access;

/// <summary>Looks up keys in the Sessionizer. Secrets are sent and cached only as hashes.</summary>
internal sealed class RemoteKeyDirectory(Sites.SitesClient sites, TimeProvider time) : IKeyDirectory
{
    private readonly DirectoryCache<Caller> cache = new(
        (hash, cancellationToken) => LoadAsync(sites, hash, cancellationToken), time);

    public ValueTask<Caller?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        return RemoteDirectory.AskAsync(() => cache.FindAsync(hash, cancellationToken));
    }

    private static async Task<Caller?> LoadAsync(
        Sites.SitesClient sites, string hash, CancellationToken cancellationToken)
    {
        try
        {
            var request = new ResolveKeyRequest { SecretSha256 = ByteString.CopyFrom(Convert.FromHexString(hash)) };
            var answer = await sites.ResolveKeyAsync(request, cancellationToken: cancellationToken);
            return new Caller(false, answer.Site, answer.Scopes.ToHashSet());
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }
}

/// <summary>Looks up sites in the Sessionizer.</summary>
internal sealed class RemoteSiteDirectory(Sites.SitesClient sites, TimeProvider time) : ISiteDirectory
{
    private readonly DirectoryCache<Site> cache = new(
        (id, cancellationToken) => LoadAsync(sites, id, cancellationToken), time);

    public ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) =>
        RemoteDirectory.AskAsync(() => cache.FindAsync(siteId, cancellationToken));

    private static async Task<Site?> LoadAsync(
        Sites.SitesClient sites, string siteId, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetSiteRequest { SiteId = siteId };
            return (await sites.GetSiteAsync(request, cancellationToken: cancellationToken)).Site;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }
}

internal static class RemoteDirectory
{
    /// <summary>Translates every failure of the directory into UNAVAILABLE.</summary>
    public static async ValueTask<T?> AskAsync<T>(Func<ValueTask<T?>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (RpcException exception) when (exception.StatusCode != StatusCode.InvalidArgument)
        {
            throw GrpcErrors.Unavailable("The site directory is unavailable; try again.", TimeSpan.FromSeconds(1));
        }
    }
}
