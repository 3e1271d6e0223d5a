using System.Text;
using Grpc.Core;
using SessionPlatform.Access;
using SessionPlatform.Contracts.Identity.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Grpc;

/// <summary>Serves the links of visitors and users: authorizes, validates, reads or writes.</summary>
internal sealed class IdentityService(Configurations configurations, IdentityLinkTable ties)
    : Contracts.Identity.V1.Identity.IdentityBase
{
    private const int MaxIdBytes = 128;

    public override async Task<ListTiesResponse> ListTies(ListTiesRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Read);
        var violations = new Violations();
        if (request.VisitorId.Length > 0 == request.UserId.Length > 0)
            violations.Add("visitor_id", "give exactly one of `visitor_id` and `user_id`");
        CheckLength(request.VisitorId, "visitor_id", violations);
        CheckLength(request.UserId, "user_id", violations);
        await RequireAsync(request.SiteId, violations, context);
        var found = await ties.ListAsync(
            request.SiteId,
            request.VisitorId.Length > 0 ? request.VisitorId : null,
            request.UserId.Length > 0 ? request.UserId : null,
            context.CancellationToken);
        return new ListTiesResponse { Ties = { found } };
    }

    public override async Task<SetTieResponse> SetTie(SetTieRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Admin);
        var violations = new Violations();
        CheckId(request.VisitorId, "visitor_id", violations);
        CheckId(request.UserId, "user_id", violations);
        await RequireAsync(request.SiteId, violations, context);
        var current = await ties.SetAsync(
            request.SiteId, request.VisitorId, request.UserId, request.Revoked, context.CancellationToken);
        var answer = new SetTieResponse();
        if (current is not null)
            answer.UserId = current;
        return answer;
    }

    private static void CheckId(string id, string field, Violations violations)
    {
        if (id.Length == 0)
            violations.Add(field, $"must be 1-{MaxIdBytes} bytes");
        CheckLength(id, field, violations);
    }

    private static void CheckLength(string id, string field, Violations violations)
    {
        if (Encoding.UTF8.GetByteCount(id) > MaxIdBytes || id.Contains('\0', StringComparison.Ordinal))
            violations.Add(field, $"must be at most {MaxIdBytes} bytes without NUL");
    }

    private async Task RequireAsync(string siteId, Violations violations, ServerCallContext context)
    {
        violations.ThrowIfAny();
        if (await configurations.FindAsync(siteId, context.CancellationToken) is null)
            throw GrpcErrors.NotFound("There is no such site.");
    }
}
