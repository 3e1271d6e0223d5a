using Grpc.Core;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Access;

/// <summary>Knows the keys of sites. The platform key is not among them.</summary>
public interface IKeyDirectory
{
    /// <summary>Who a secret belongs to; null when it is unknown or revoked.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: that cannot be said at the moment.</exception>
    ValueTask<Caller?> FindAsync(string secret, CancellationToken cancellationToken);
}

/// <summary>Knows the sites.</summary>
public interface ISiteDirectory
{
    /// <summary>A site with its rules; null when there is none of this id.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: that cannot be said at the moment.</exception>
    ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken);
}
