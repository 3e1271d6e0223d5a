using Grpc.Core;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Access;

/// <summary>What a service asks about the caller of a call.</summary>
public static class CallerExtensions
{
    private static readonly object UserStateKey = new();
    private static readonly object LookAgainKey = new();

    /// <summary>Who makes the call, as the interceptor found.</summary>
    public static Caller GetCaller(this ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.UserState.TryGetValue(UserStateKey, out var caller)
            ? (Caller)caller
            : throw new InvalidOperationException("The service runs without AccessInterceptor.");
    }

    /// <summary>
    /// The caller, if it may do this on this site: the platform, or a key of the site with the scope.
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

    /// <summary>The caller, if it is the platform.</summary>
    /// <exception cref="RpcException">PERMISSION_DENIED.</exception>
    public static Caller RequirePlatform(this ServerCallContext context)
    {
        var caller = context.GetCaller();
        return caller.IsPlatform
            ? caller
            : throw GrpcErrors.PermissionDenied("This call takes the platform key.");
    }

    /// <summary>
    /// Looks again whose key it is: for calls that last, so that they end when the key does. While that cannot be said,
    /// what was known holds.
    /// </summary>
    /// <exception cref="RpcException">UNAUTHENTICATED: it was revoked.</exception>
    public static async ValueTask LookAgainAsync(this ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.UserState.TryGetValue(LookAgainKey, out var lookAgain))
            return;
        try
        {
            var findAsync = (Func<CancellationToken, ValueTask<Caller>>)lookAgain;
            context.UserState[UserStateKey] = await findAsync(context.CancellationToken);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable)
        {
            // The next look may tell.
        }
    }

    internal static void SetCaller(
        this ServerCallContext context, Caller caller, Func<CancellationToken, ValueTask<Caller>>? lookAgain = null)
    {
        context.UserState[UserStateKey] = caller;
        if (lookAgain is not null)
            context.UserState[LookAgainKey] = lookAgain;
    }
}
