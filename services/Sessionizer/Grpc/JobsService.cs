using Grpc.Core;
using Npgsql;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Access;
using SessionPlatform.ServiceDefaults.Grpc;
using SessionPlatform.Sessionizer.Auditing;
using SessionPlatform.Sessionizer.Reading;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Grpc;

/// <summary>Work over the stored sessions.</summary>
internal sealed class JobsService(NpgsqlDataSource dataSource, SiteStore sites, SessionAuditor auditor)
    : Jobs.JobsBase
{
    public override async Task Audit(
        AuditRequest request, IServerStreamWriter<AuditResponse> responseStream, ServerCallContext context)
    {
        var site = await RequireSiteAsync(request.SiteId, context);
        TimeRanges.Check("range", request.Range);
        var summary = await auditor.RunAsync(
            site,
            request,
            message => responseStream.WriteAsync(message, context.CancellationToken),
            context.CancellationToken);
        await responseStream.WriteAsync(new() { Summary = summary }, context.CancellationToken);
    }

    public override async Task<GetReprocessResponse> GetReprocess(
        GetReprocessRequest request, ServerCallContext context)
    {
        await RequireSiteAsync(request.SiteId, context);
        return new()
        {
            Reprocess = await ReprocessTable.FindAsync(dataSource, request.SiteId, context.CancellationToken),
        };
    }

    private async Task<Site> RequireSiteAsync(string siteId, ServerCallContext context)
    {
        context.RequireSite(siteId, Key.Types.Scope.Admin);
        return await sites.FindAsync(siteId, context.CancellationToken)
            ?? throw GrpcErrors.NotFound($"There is no site {siteId}.");
    }
}
