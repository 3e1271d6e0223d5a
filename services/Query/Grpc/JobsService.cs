using Grpc.Core;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Query.Auditing;
using SessionPlatform.Query.Backends;

namespace SessionPlatform.Query.Grpc;

/// <summary>
/// Handles the streaming jobs over the whole suite. The unary ones are forwarded, see
/// <see cref="Forwarding.RoutingTable"/>; all are authorized before they arrive here.
/// </summary>
internal sealed class JobsService(SuiteAudit audit, Backend<FunnelJobs> funnel) : Jobs.JobsBase
{
    public override Task Audit(
        AuditRequest request, IServerStreamWriter<AuditResponse> responseStream, ServerCallContext context) =>
        audit.RunAsync(request, message => responseStream.WriteAsync(message, context.CancellationToken), context);

    public override async Task PreviewRules(
        PreviewRulesRequest request,
        IServerStreamWriter<PreviewRulesResponse> responseStream,
        ServerCallContext context)
    {
        var answers = funnel.StreamAsync(
            (jobs, options) => jobs.Client.PreviewRules(request, options), context, context.CancellationToken);
        await foreach (var answer in answers)
            await responseStream.WriteAsync(answer, context.CancellationToken);
    }
}
