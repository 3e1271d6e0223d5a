using Grpc.Core;
using Npgsql;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Access;
using SessionPlatform.ServiceDefaults.Grpc;
using SessionPlatform.Sessionizer.Explaining;
using SessionPlatform.Sessionizer.Reading;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Grpc;

/// <summary>Reads sessions.</summary>
internal sealed class SessionsService(
    NpgsqlDataSource dataSource, SiteStore sites, SessionExplainer explainer, DocumentStream documents)
    : Contracts.Sessions.V1.Sessions.SessionsBase
{
    private const int DefaultPageSize = 100;
    private const int MaxPageSize = 1000;
    private const int MessageBytes = 1024 * 1024;

    public override async Task<ListSessionsResponse> ListSessions(
        ListSessionsRequest request, ServerCallContext context)
    {
        await RequireSiteAsync(request.SiteId, context);
        var violations = new Violations();
        if (request.PageSize is < 0 or > MaxPageSize)
            violations.Add("page_size", $"must be 1-{MaxPageSize}, or 0 for {DefaultPageSize}");
        if (!PageCursor.TryParse(request, out var cursor))
            violations.Add("page_token", "must be next_page_token of an answer to the same site and filter");
        TimeRanges.Check("filter.range", request.Filter?.Range, violations);
        violations.ThrowIfAny();

        var pageSize = request.PageSize == 0 ? DefaultPageSize : request.PageSize;
        var (records, hasMore) = await SessionQueries.ListAsync(
            dataSource, request.SiteId, request.Filter, cursor, pageSize, context.CancellationToken);
        var response = new ListSessionsResponse();
        response.Sessions.AddRange(records.Select(record => record.ToDocument().Session));
        if (hasMore)
            response.NextPageToken = PageCursor.After(request, records[^1].Address);
        return response;
    }

    public override async Task<GetSessionResponse> GetSession(GetSessionRequest request, ServerCallContext context)
    {
        await RequireSiteAsync(request.SiteId, context);
        var sessionId = SessionIdOf(request.SessionId);
        var record = await SessionQueries.FindAsync(dataSource, request.SiteId, sessionId, context.CancellationToken)
            ?? throw GrpcErrors.NotFound(
                "The site has no session of this id; it may have become part of another one by a late event.");
        return new() { Document = record.ToDocument() };
    }

    public override async Task<ExplainSessionResponse> ExplainSession(
        ExplainSessionRequest request, ServerCallContext context)
    {
        await RequireSiteAsync(request.SiteId, context);
        return await explainer.ExplainAsync(request.SiteId, SessionIdOf(request.SessionId), context.CancellationToken)
            ?? throw GrpcErrors.NotFound("The site never had a session of this id.");
    }

    public override async Task<GetLatenessResponse> GetLateness(GetLatenessRequest request, ServerCallContext context)
    {
        await RequireSiteAsync(request.SiteId, context);
        TimeRanges.Check("range", request.Range);
        return await ArrivalTable.ReadAsync(dataSource, request.SiteId, request.Range, context.CancellationToken);
    }

    public override async Task StreamDocuments(
        StreamDocumentsRequest request,
        IServerStreamWriter<StreamDocumentsResponse> responseStream,
        ServerCallContext context)
    {
        context.RequirePlatform();
        var site = await sites.FindAsync(request.SiteId, context.CancellationToken)
            ?? throw GrpcErrors.NotFound($"There is no site {request.SiteId}.");
        TimeRanges.Check("range", request.Range);
        var found = request.ByRules is null
            ? documents.StoredAsync(site.SiteId, request.Range, context.CancellationToken)
            : documents.ByRulesAsync(
                site.SiteId, request.Range, SitesService.RulesOf(site, request.ByRules), context.CancellationToken);
        var (response, bytes) = (new StreamDocumentsResponse(), 0);
        await foreach (var document in found)
        {
            var size = document.CalculateSize();
            if (bytes > 0 && bytes + size > MessageBytes)
            {
                await responseStream.WriteAsync(response, context.CancellationToken);
                (response, bytes) = (new(), 0);
            }

            response.Documents.Add(document);
            bytes += size;
        }

        if (bytes > 0)
            await responseStream.WriteAsync(response, context.CancellationToken);
    }

    public override async Task<GetSessionStatsResponse> GetSessionStats(
        GetSessionStatsRequest request, ServerCallContext context)
    {
        await RequireSiteAsync(request.SiteId, context);
        TimeRanges.Check("range", request.Range);
        return await StatsQuery.RunAsync(dataSource, request.SiteId, request.Range, context.CancellationToken);
    }

    public override async Task<GetRejectCountsResponse> GetRejectCounts(
        GetRejectCountsRequest request, ServerCallContext context)
    {
        if (request.SiteId.Length == 0)
            context.RequirePlatform();
        else
            await RequireSiteAsync(request.SiteId, context);
        TimeRanges.Check("range", request.Range);
        return await RejectsQuery.RunAsync(dataSource, request.SiteId, request.Range, context.CancellationToken);
    }

    public override async Task<GetCheckpointResponse> GetCheckpoint(
        GetCheckpointRequest request, ServerCallContext context)
    {
        context.RequirePlatform();
        var (passed, published, firstPassedAt) = await CheckpointTable.FindAsync(
            dataSource, request.CheckpointId, context.CancellationToken);
        var response = new GetCheckpointResponse { PassedPartitions = passed, Published = published };
        if (firstPassedAt is { } placedBefore)
        {
            response.ClosingSessions = await SessionQueries.CountClosingAsync(
                dataSource, placedBefore, context.CancellationToken);
        }

        return response;
    }

    private static Guid SessionIdOf(string text) => Guid.TryParseExact(text, "D", out var sessionId)
        ? sessionId
        : throw GrpcErrors.InvalidArgument("session_id", "must be a UUID, e.g. 0f8fad5b-d9cb-869f-a165-70867728950e");

    private async Task RequireSiteAsync(string siteId, ServerCallContext context)
    {
        var caller = context.RequireSite(siteId, Key.Types.Scope.Read);
        // A key's own site exists; the platform may name any.
        if (caller.IsPlatform && await sites.FindAsync(siteId, context.CancellationToken) is null)
            throw GrpcErrors.NotFound($"There is no site {siteId}.");
    }
}
