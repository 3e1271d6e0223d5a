using Grpc.Core;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Access;

/// <summary>Gives services access to the caller of a call.</summary>
public static class CallerExtensions
{
    private static readonly object UserStateKey = new();
    private static readonly object RevalidateKey = new();

    /// <summary>Returns the caller that <see cref="AccessInterceptor"/> authenticated.</summary>
    public static Caller GetCaller(this ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.UserState.TryGetValue(UserStateKey, out var caller)
            ? (Caller)caller
            : throw new InvalidOperationException("The service runs without AccessInterceptor.");
    }

    /// <summary>
    /// Returns the caller if it is the platform, or presents a key of the site with the scope.
    /// </summary>
    /// <exception cref="RpcException">PERMISSION_DENIED.</exception>
    public static Caller RequireSite(this ServerCallContext context, string siteId, Key.Types.Scope scope)
    {
        var caller = context.GetCaller();
        if (caller.IsPlatform)
            return caller;
        // The same answer whether the other site exists or not.
        if (caller.Site?.SiteId != siteId)
            throw GrpcErrors.PermissionDenied("The key belongs to another site than `site_id` names.");
        if (!caller.May(scope))
        {
            throw GrpcErrors.PermissionDenied(
                $"The key lacks the scope `{scope.ToString().ToLowerInvariant()}`; use a key that has it.");
        }

        return caller;
    }

    /// <summary>Returns the caller if it is the platform.</summary>
    /// <exception cref="RpcException">PERMISSION_DENIED.</exception>
    public static Caller RequirePlatform(this ServerCallContext context)
    {
        var caller = context.GetCaller();
        return caller.IsPlatform
            ? caller
            : throw GrpcErrors.PermissionDenied("This call takes the platform key.");
    }

    /// <summary>
    /// Authenticates and authorizes the caller of a running call again, so that a long call ends when its key is
    /// revoked. While the key directory is unavailable, the earlier decision stands.
    /// </summary>
    /// <exception cref="RpcException">UNAUTHENTICATED or PERMISSION_DENIED: the key no longer admits the
    /// call.</exception>
    public static async ValueTask RevalidateAsync(this ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.UserState.TryGetValue(RevalidateKey, out var revalidate))
            return;
        try
        {
            await ((Func<CancellationToken, ValueTask>)revalidate)(context.CancellationToken);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
        {
            // The next revalidation may find the directory available.
        }
    }

    internal static void SetCaller(
        this ServerCallContext context, Caller caller, Func<CancellationToken, ValueTask>? revalidateAsync = null)
    {
        context.UserState[UserStateKey] = caller;
        if (revalidateAsync is not null)
            context.UserState[RevalidateKey] = revalidateAsync;
    }
}
