using Grpc.Core;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Query.Auditing;
using SessionPlatform.Query.Backends;
using Scope = SessionPlatform.Contracts.Sites.V1.Key.Types.Scope;

namespace SessionPlatform.Query.Grpc;

/// <summary>Jobs over the whole suite, for who administers the site.</summary>
internal sealed class JobsService(
    SuiteAudit audit, Backend<SessionizerJobs> sessionizer, Backend<FunnelJobs> funnel) : Jobs.JobsBase
{
    public override Task Audit(
        AuditRequest request, IServerStreamWriter<AuditResponse> responseStream, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Admin);
        return audit.RunAsync(
            request, message => responseStream.WriteAsync(message, context.CancellationToken), context);
    }

    public override async Task PreviewRules(
        PreviewRulesRequest request,
        IServerStreamWriter<PreviewRulesResponse> responseStream,
        ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Admin);
        var answers = funnel.StreamAsync(
            (jobs, options) => jobs.Client.PreviewRules(request, options), context, context.CancellationToken);
        await foreach (var answer in answers)
            await responseStream.WriteAsync(answer, context.CancellationToken);
    }

    public override Task<GetReprocessResponse> GetReprocess(GetReprocessRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Admin);
        return sessionizer.ReadAsync((jobs, options) => jobs.Client.GetReprocessAsync(request, options), context);
    }
}
