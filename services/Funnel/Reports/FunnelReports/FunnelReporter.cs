using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Funnels.Attempts;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.Funnel.Reports.FunnelReports.Counting;
using SessionPlatform.Funnel.Reports.FunnelReports.Scanning;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Reports.FunnelReports;

/// <summary>
/// Computes funnel reports over the events of all sessions: counts from columns, and lists of actors from documents,
/// one person at a time.
/// </summary>
internal sealed class FunnelReporter(
    ReportDatabase database, ActorScan scan, TimeProvider time, IOptions<FunnelReportOptions> options) : IDisposable
{
    private const int DefaultLimit = 10;
    private const int DefaultPageSize = 100;

    private readonly FunnelReportOptions bounds = options.Value;
    private readonly SemaphoreSlim turns = new(options.Value.MaxAtOnce);

    public void Dispose() => turns.Dispose();

    /// <param name="request">A request validated by <see cref="FunnelReportRules"/>.</param>
    public Task<GetFunnelReportResponse> ReportAsync(
        FunnelQuestion question, GetFunnelReportRequest request, CancellationToken cancellationToken) => InSpanAsync(
            question,
            async (connection, span, token) =>
            {
                var trend = TrendOf(request.Trend, question, span);
                var isLast = request.Touch == GetFunnelReportRequest.Types.Touch.Last;
                var tally = new FunnelTally(question.Plan.Shape, isLast, trend, bounds);
                await scan.CountAsync(connection, question, span, request.Breakdown, tally, token);
                var hasValues = request.Breakdown != Dimension.Types.Name.Unspecified;
                var limit = request.Limit == 0 ? DefaultLimit : request.Limit;
                var response = tally.ToReport(hasValues ? limit : null, request.Bins);
                response.TimeZone = question.Site.TimeZone.Id;
                return response;
            },
            cancellationToken);

    /// <param name="request">A request validated by <see cref="FunnelReportRules"/>.</param>
    public Task<ListFunnelActorsResponse> ActorsAsync(
        FunnelQuestion question, ListFunnelActorsRequest request, CancellationToken cancellationToken)
    {
        var token = ActorToken.For(request);
        var after = token.Read(request.PageToken);
        var size = request.PageSize == 0 ? DefaultPageSize : request.PageSize;
        var list = new ActorList(request.Step - 1, request.Dropped, size, after, bounds);
        return InSpanAsync(
            question,
            async (connection, span, cancellation) =>
            {
                var needs = new FunnelNeeds(WithPages: request.Dropped);
                await ForEachAsync(connection, question, needs, span, list.Add, cancellation);
                return list.ToResponse(token.Write);
            },
            cancellationToken,
            joinsPersons: question.Plan.FirstTimeOnly != 0);
    }

    /// <summary>Explains the events of a visitor.</summary>
    /// <param name="visitorId">The id of the visitor.</param>
    public Task<ExplainFunnelResponse> ExplainAsync(
        FunnelQuestion question, string visitorId, CancellationToken cancellationToken)
    {
        var needs = new FunnelNeeds(OfVisitor: visitorId);
        return InSpanAsync(
            question,
            async (connection, span, token) =>
            {
                var explanation = new Explanation(question.Plan.Shape);
                var reader = new ActorReader(question, needs, bounds);
                await foreach (var actor in reader.ReadAsync(connection, span, token))
                    explanation.Add(actor);
                return explanation.ToResponse();
            },
            cancellationToken);
    }

    /// <summary>
    /// Computes the result of a saved funnel without materialized counts. Bots are included, as in materialized counts.
    /// </summary>
    public Task<GetFunnelResultResponse> ResultAsync(
        SiteConfiguration site, FunnelDefinition definition, TimeRange? range, CancellationToken cancellationToken)
    {
        var period = AskedPeriod.Read(new Period { Range = range }, new Violations());
        var segment = new Segment { IncludeBots = true };
        var question = new FunnelQuestion(site, FunnelPlan.Of(definition), period, segment);
        return InSpanAsync(
            question,
            async (connection, span, token) =>
            {
                var tally = new ResultTally(question.Plan);
                await scan.CountAsync(
                    connection, question, span, Dimension.Types.Name.Unspecified, tally, token);
                return tally.ToResponse();
            },
            cancellationToken);
    }

    private static TrendTally? TrendOf(Bucket bucket, FunnelQuestion question, ReportSpan span)
    {
        if (bucket == Bucket.Unspecified)
            return null;
        return new TrendTally(
            span.From < span.To ? Begins(span.To) : [], span.To, question.Plan.Shape.Count, Begins);

        DateTime[] Begins(DateTime end) =>
            BucketBegins.Of(bucket, span with { To = end }, question.Site.TimeZone, question.Site.WeekStart)
            ?? throw GrpcErrors.InvalidArgument(
                "trend",
                $"makes more than {BucketBegins.MaxCount(bucket)} points of {span.ToText(question.Site.TimeZone)}: "
                + "take longer buckets, or a shorter period");
    }

    /// <param name="joinsPersons">Whether statements always join persons; if false, only when they are users.</param>
    private async Task<T> InSpanAsync<T>(
        FunnelQuestion question,
        Func<NpgsqlConnection, ReportSpan, CancellationToken, Task<T>> answerAsync,
        CancellationToken cancellationToken,
        bool joinsPersons = false)
    {
        await turns.WaitAsync(cancellationToken);
        try
        {
            return await database.ReadAsync(
                joinsPersons || question.Plan.Unit == Unit.User,
                async (connection, token) =>
                {
                    var span = await ReportDatabase.ResolveAsync(
                        connection, question.Site.SiteId, question.Period, question.Site.TimeZone,
                        time.GetUtcNow().UtcDateTime, token);
                    return await answerAsync(connection, span, token);
                },
                cancellationToken);
        }
        finally
        {
            turns.Release();
        }
    }

    private async Task ForEachAsync(
        NpgsqlConnection connection,
        FunnelQuestion question,
        FunnelNeeds needs,
        ReportSpan span,
        Action<Actor, Attempt> count,
        CancellationToken cancellationToken)
    {
        var matcher = question.Plan.Shape.CreateMatcher();
        var reader = new ActorReader(question, needs, bounds);
        await foreach (var actor in reader.ReadAsync(connection, span, cancellationToken))
        {
            if (matcher.Find(actor.Events) is { } attempt)
                count(actor, attempt);
        }
    }
}
