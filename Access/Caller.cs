using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Access;

/// <summary>The authenticated caller of a call.</summary>
/// <param name="IsPlatform">True for a service of the suite or its operator, who may do everything.</param>
/// <param name="Site">The site of the key; null for the platform.</param>
/// <param name="Scopes">The scopes of the key; empty for the platform, which needs none.</param>
public sealed record Caller(bool IsPlatform, Site? Site, IReadOnlySet<Key.Types.Scope> Scopes)
{
    /// <summary>The caller that presents the platform key.</summary>
    public static Caller Platform { get; } = new(true, null, new HashSet<Key.Types.Scope>());

    /// <summary>Whether the caller has a scope on its own site. ADMIN implies READ and INGEST.</summary>
    public bool May(Key.Types.Scope scope) =>
        IsPlatform || Scopes.Contains(scope) || Scopes.Contains(Key.Types.Scope.Admin);
}
