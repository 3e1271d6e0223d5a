using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Access;

/// <summary>The kinds of access rules that <see cref="ContractAccessRules"/> is made of.</summary>
internal static class AccessRules
{
    /// <summary>Any valid key.</summary>
    public static AccessRule AnyKey { get; } = (_, _) => { };

    /// <summary>The platform key alone.</summary>
    public static AccessRule PlatformKey { get; } = (context, _) => context.RequirePlatform();

    /// <summary>A key with the scope, which then acts on its own site.</summary>
    public static AccessRule OwnSiteKey(Key.Types.Scope scope) =>
        (context, _) => context.RequireSite(context.GetCaller().Site?.SiteId ?? "", scope);

    /// <summary>
    /// A key with the scope on the site that the request names. The platform key may name none; the handler then
    /// answers.
    /// </summary>
    public static AccessRule SiteKey(Key.Types.Scope scope)
    {
        var site = new SitePath("site_id");
        return (context, request) => context.RequireSite(site.Read(request), scope);
    }

    /// <summary>A key with the scope on the site that the request names; a request without a site is invalid.</summary>
    public static AccessRule NamedSiteKey(Key.Types.Scope scope, string path = "site_id")
    {
        var site = new SitePath(path);
        return (context, request) =>
        {
            var siteId = site.Read(request);
            if (siteId.Length == 0)
                throw GrpcErrors.InvalidArgument("site_id", "Give the site.");
            context.RequireSite(siteId, scope);
        };
    }

    /// <summary>A key with the scope on the site that the request names; without a site, the platform key.</summary>
    public static AccessRule SiteOrPlatformKey(Key.Types.Scope scope)
    {
        var site = new SitePath("site_id");
        return (context, request) =>
        {
            var siteId = site.Read(request);
            if (siteId.Length == 0)
                context.RequirePlatform();
            else
                context.RequireSite(siteId, scope);
        };
    }
}
