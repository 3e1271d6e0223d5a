using Grpc.Core;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Query.Reporting;
using SessionPlatform.Query.Waiting;

namespace SessionPlatform.Query.Grpc;

/// <summary>
/// Handles the RPCs that Query answers itself. All others are forwarded, see <see cref="Forwarding.RoutingTable"/>; all
/// are authorized before they arrive here, see <see cref="Access.AccessInterceptor"/>.
/// </summary>
internal sealed class QueryService(Reports reports, ReportWatch watch, CheckpointWait waiting)
    : Contracts.Query.V1.Query.QueryBase
{
    public override Task<GetReportResponse> GetReport(GetReportRequest request, ServerCallContext context) =>
        reports.GetAsync(request, context);

    public override Task Watch(
        WatchRequest request, IServerStreamWriter<WatchResponse> responseStream, ServerCallContext context) =>
        watch.RunAsync(
            request.Report,
            answer => responseStream.WriteAsync(new WatchResponse { Report = answer }, context.CancellationToken),
            context);

    public override Task Wait(
        WaitRequest request, IServerStreamWriter<WaitResponse> responseStream, ServerCallContext context) =>
        waiting.RunAsync(
            request.Closed,
            progress => responseStream.WriteAsync(progress, context.CancellationToken),
            context.CancellationToken);
}
