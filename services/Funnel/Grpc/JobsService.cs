using Grpc.Core;
using SessionPlatform.Access;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Auditing;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.Funnel.Previewing;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Grpc;

/// <summary>Serves audits and previews. The Sessionizer serves the recomputation of history.</summary>
internal sealed class JobsService(Configurations configurations, Auditor auditor, RulesPreviewer previewer)
    : Jobs.JobsBase
{
    public override async Task Audit(
        AuditRequest request, IServerStreamWriter<AuditResponse> responseStream, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Admin);
        var violations = new Violations();
        Ranges.Read(request.Range, violations);
        violations.ThrowIfAny();

        await RequireConfigurationAsync(request.SiteId, context.CancellationToken);
        await auditor.RunAsync(
            request,
            message => responseStream.WriteAsync(message, context.CancellationToken),
            context.CancellationToken);
    }

    public override async Task PreviewRules(
        PreviewRulesRequest request,
        IServerStreamWriter<PreviewRulesResponse> responseStream,
        ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Admin);
        var configuration = await RequireConfigurationAsync(request.SiteId, context.CancellationToken);
        await previewer.RunAsync(
            configuration,
            request.Rules ?? new SiteRules(),
            message => responseStream.WriteAsync(message, context.CancellationToken),
            context.CancellationToken);
    }

    private async Task<SiteConfiguration> RequireConfigurationAsync(
        string siteId, CancellationToken cancellationToken) =>
        await configurations.FindAsync(siteId, cancellationToken)
        ?? throw GrpcErrors.NotFound("There is no such site.");
}
