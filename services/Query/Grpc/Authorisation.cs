using Grpc.Core;
using SessionPlatform.Access;
using SessionPlatform.ServiceDefaults.Grpc;
using Scope = SessionPlatform.Contracts.Sites.V1.Key.Types.Scope;

namespace SessionPlatform.Query.Grpc;

/// <summary>The caller is authorised for the site here, and the services behind trust Query.</summary>
internal static class Authorisation
{
    /// <exception cref="RpcException">PERMISSION_DENIED; INVALID_ARGUMENT without a site.</exception>
    public static void Authorise(this ServerCallContext context, string siteId, Scope scope)
    {
        if (siteId.Length == 0)
            throw GrpcErrors.InvalidArgument("site_id", "Give the site.");
        context.RequireSite(siteId, scope);
    }
}
