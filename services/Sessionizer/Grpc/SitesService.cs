using Grpc.Core;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Access;
using SessionPlatform.ServiceDefaults.Grpc;
using SessionPlatform.Sessionizer.Sites;

namespace SessionPlatform.Sessionizer.Grpc;

/// <summary>Sites, their rules and their keys.</summary>
internal sealed class SitesService(SiteStore sites, RuleChanges changes, TimeProvider time)
    : Contracts.Sites.V1.Sites.SitesBase
{
    private const int SecretHashBytes = 32;

    private static readonly Key.Types.Scope[] FirstKeys =
        [Key.Types.Scope.Ingest, Key.Types.Scope.Read, Key.Types.Scope.Admin];

    public override async Task<CreateSiteResponse> CreateSite(CreateSiteRequest request, ServerCallContext context)
    {
        context.RequirePlatform();
        var rules = SiteRulesDefaults.Complete(request.Rules);
        var violations = new Violations();
        SiteValidation.CheckSiteId(request.SiteId, violations);
        SiteValidation.CheckRules(rules, violations);
        violations.ThrowIfAny();

        var keys = FirstKeys.Select(scope => SiteKeys.Create([scope], time.GetUtcNow())).ToList();
        var site = await sites.CreateAsync(request.SiteId, rules, keys, context.CancellationToken)
            ?? throw GrpcErrors.AlreadyExists(
                $"The site {request.SiteId} exists; change its rules with UpdateSiteRules, or choose another id.");
        return new() { Site = site, Keys = { keys } };
    }

    public override async Task<ListSitesResponse> ListSites(ListSitesRequest request, ServerCallContext context)
    {
        context.RequirePlatform();
        return new() { Sites = { await sites.ListAsync(context.CancellationToken) } };
    }

    public override async Task<GetSiteResponse> GetSite(GetSiteRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Admin);
        return new() { Site = await FindAsync(request.SiteId, context) };
    }

    public override async Task<UpdateSiteRulesResponse> UpdateSiteRules(
        UpdateSiteRulesRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Admin);
        var rules = RulesOf(await FindAsync(request.SiteId, context), request.Rules);
        int? expectedVersion = request.HasExpectedVersion ? request.ExpectedVersion : null;
        var site = await changes.ApplyAsync(
            request.SiteId, rules, expectedVersion, request.Reprocess, context.CancellationToken)
            ?? throw GrpcErrors.Aborted("The rules were changed since they were read; read them again and repeat.");
        return new() { Site = site };
    }

    /// <summary>Rules for a site that exists, complete.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT.</exception>
    internal static SiteRules RulesOf(Site site, SiteRules? given)
    {
        var rules = given?.Clone() ?? new SiteRules();
        if (rules.SessionKey == SiteRules.Types.SessionKeyPolicy.Unspecified)
            rules.SessionKey = site.Rules.SessionKey;
        rules = SiteRulesDefaults.Complete(rules);
        var violations = new Violations();
        SiteValidation.CheckRules(rules, violations);
        // It says which events belong together, before any rule cuts them.
        if (rules.SessionKey != site.Rules.SessionKey)
        {
            violations.Add(
                "rules.session_key", "is fixed when a site is created; create another site and replay the events");
        }

        violations.ThrowIfAny();
        return rules;
    }

    public override async Task<CreateKeyResponse> CreateKey(CreateKeyRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Admin);
        var violations = new Violations();
        if (request.Scopes.Count == 0)
            violations.Add("scopes", "must name at least one of INGEST, READ, ADMIN");
        for (var i = 0; i < request.Scopes.Count; i++)
        {
            if (!FirstKeys.Contains(request.Scopes[i]))
                violations.Add($"scopes[{i}]", "must be INGEST, READ or ADMIN");
        }

        violations.ThrowIfAny();
        await FindAsync(request.SiteId, context);
        var key = SiteKeys.Create(request.Scopes.Distinct(), time.GetUtcNow());
        await sites.AddKeyAsync(request.SiteId, key, context.CancellationToken);
        return new() { Key = key };
    }

    public override async Task<RevokeKeyResponse> RevokeKey(RevokeKeyRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Admin);
        if (!await sites.RevokeKeyAsync(request.SiteId, request.KeyId, context.CancellationToken))
            throw GrpcErrors.NotFound("The site has no valid key of this id.");
        return new();
    }

    public override async Task<ResolveKeyResponse> ResolveKey(ResolveKeyRequest request, ServerCallContext context)
    {
        context.RequirePlatform();
        if (request.SecretSha256.Length != SecretHashBytes)
            throw GrpcErrors.InvalidArgument("secret_sha256", $"must be {SecretHashBytes} bytes");
        var found = await sites.ResolveKeyAsync(request.SecretSha256.ToByteArray(), context.CancellationToken)
            ?? throw GrpcErrors.NotFound("The key is not known or was revoked.");
        return new() { Site = found.Site, Scopes = { found.Scopes } };
    }

    private async Task<Site> FindAsync(string siteId, ServerCallContext context) =>
        await sites.FindAsync(siteId, context.CancellationToken)
        ?? throw GrpcErrors.NotFound($"There is no site {siteId}; create it with CreateSite.");
}
