using Grpc.Core;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Access;

/// <summary>Looks up the keys of sites. The platform key is not among them.</summary>
public interface IKeyDirectory
{
    /// <summary>Returns the caller that a secret belongs to; null when it is unknown or revoked.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: the directory does not answer.</exception>
    ValueTask<Caller?> FindAsync(string secret, CancellationToken cancellationToken);
}

/// <summary>Looks up sites.</summary>
public interface ISiteDirectory
{
    /// <summary>Returns a site with its rules; null when there is no site with this id.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: the directory does not answer.</exception>
    ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken);
}
