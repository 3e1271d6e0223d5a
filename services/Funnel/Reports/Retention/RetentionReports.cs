using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.Funnel.Segments;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Reports.Retention;

/// <summary>
/// Computes retention, lifecycle and stickiness over all sessions. Memory is bounded: a report that would need more
/// fails.
/// </summary>
internal sealed class RetentionReports(
    ReportDatabase database,
    ActivityReader reader,
    NpgsqlDataSource dataSource,
    IOptions<RetentionOptions> options,
    TimeProvider time)
{
    private const int DefaultAhead = 11;
    private const int DefaultLimit = 10;

    private readonly RetentionOptions most = options.Value;

    /// <summary>Computes retention by cohort.</summary>
    /// <param name="request">
    /// A request validated by <see cref="RetentionRules"/>, like those of the other methods.
    /// </param>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the report is too large.</exception>
    public Task<GetRetentionResponse> RetentionAsync(
        GetRetentionRequest request,
        AskedPeriod period,
        SiteConfiguration configuration,
        CancellationToken cancellationToken) => database.ReadAsync(
            PersonSql.IsJoined(request.Segment),
            async (connection, token) =>
            {
                var ahead = request.Intervals == 0 ? DefaultAhead : request.Intervals;
                var span = await SpanAsync(connection, request.SiteId, period, configuration, token);
                var (intervals, own) = Intervals.Of(request.Interval, span, configuration, before: 0, ahead);
                var rules = new CohortRules(
                    intervals,
                    own,
                    ahead,
                    Begun(intervals),
                    request.Kind == GetRetentionRequest.Types.Kind.FirstTime,
                    request.Rolling,
                    Math.Max(request.MinimumOccurrences, 1));
                var limit = LimitOf(request);
                RequireRoom((long)own * (ahead + 1) * (limit + 1));
                var tally = new RetentionTally(rules);
                var selection = new ActivitySelection(
                    configuration,
                    request.Segment,
                    Pattern(request.Target),
                    Pattern(request.Returning),
                    intervals,
                    rules.FirstTime,
                    // A return takes several of all events, but the target only some, so each event needs its own time.
                    WithTimes: rules.MinimumOccurrences > 1 && request.Target is not null && request.Returning is null,
                    request.Breakdown);
                await ReadAsync(connection, selection, tally, token);
                return new GetRetentionResponse
                {
                    Tables = { tally.Tables(await RankedAsync(request.SiteId, tally, limit, token)) },
                    TimeZone = configuration.TimeZone.Id,
                };
            },
            cancellationToken);

    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the report is too large.</exception>
    public Task<GetLifecycleResponse> LifecycleAsync(
        GetLifecycleRequest request,
        AskedPeriod period,
        SiteConfiguration configuration,
        CancellationToken cancellationToken) => database.ReadAsync(
            PersonSql.IsJoined(request.Segment),
            async (connection, token) =>
            {
                var span = await SpanAsync(connection, request.SiteId, period, configuration, token);
                var (intervals, _) = Intervals.Of(request.Interval, span, configuration, before: 1, after: 0);
                var tally = new ActivityTally(intervals);
                var selection = ActivityOf(configuration, request.Segment, request.Event, intervals, sinceEver: true);
                await ReadAsync(connection, selection, tally, token);
                return new GetLifecycleResponse
                {
                    Points = { tally.Lifecycle(Begun(intervals)) },
                    TimeZone = configuration.TimeZone.Id,
                };
            },
            cancellationToken);

    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the report is too large.</exception>
    public Task<GetStickinessResponse> StickinessAsync(
        GetStickinessRequest request,
        AskedPeriod period,
        SiteConfiguration configuration,
        CancellationToken cancellationToken) => database.ReadAsync(
            PersonSql.IsJoined(request.Segment),
            async (connection, token) =>
            {
                var span = await SpanAsync(connection, request.SiteId, period, configuration, token);
                var (intervals, _) = Intervals.Of(request.Interval, span, configuration, before: 0, after: 0);
                var tally = new ActivityTally(intervals);
                var selection = ActivityOf(configuration, request.Segment, request.Event, intervals, sinceEver: false);
                await ReadAsync(connection, selection, tally, token);
                return new GetStickinessResponse { Counts = { tally.Stickiness(request.Cumulative) } };
            },
            cancellationToken);

    private static EventPattern? Pattern(EventMatch? match) => match is null ? null : new EventPattern(match);

    private static ActivitySelection ActivityOf(
        SiteConfiguration site, Segment? segment, EventMatch? match, Intervals intervals, bool sinceEver)
    {
        var pattern = Pattern(match);
        return new ActivitySelection(site, segment, pattern, pattern, intervals, sinceEver);
    }

    private static int LimitOf(GetRetentionRequest request)
    {
        if (request.Breakdown == Dimension.Types.Name.Unspecified)
            return 0;
        return request.Limit == 0 ? DefaultLimit : request.Limit;
    }

    private int Begun(Intervals intervals)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return intervals.Begins.Count(begin => begin <= now);
    }

    private Task<ReportSpan> SpanAsync(
        NpgsqlConnection connection,
        string siteId,
        AskedPeriod period,
        SiteConfiguration configuration,
        CancellationToken cancellationToken) => ReportDatabase.ResolveAsync(
            connection, siteId, period, configuration.TimeZone, time.GetUtcNow().UtcDateTime, cancellationToken);

    private async Task ReadAsync(
        NpgsqlConnection connection,
        ActivitySelection selection,
        IActivityTally tally,
        CancellationToken cancellationToken)
    {
        if (selection.Intervals.Count == 0)
            return;
        await reader.ReadAsync(
            connection,
            selection,
            tally,
            sessions =>
            {
                if (sessions > most.MaxSessions)
                    throw TooLarge(most.MaxSessions, "sessions", "");
                if (tally.Activities > most.MaxActivities)
                    throw TooLarge(most.MaxActivities, "times that somebody was active", " or longer intervals");
            },
            cancellationToken);
    }

    /// <summary>Returns the values with the most members, then by text; null without a breakdown.</summary>
    private async Task<List<(int Value, string Text)>?> RankedAsync(
        string siteId, RetentionTally tally, int limit, CancellationToken cancellationToken)
    {
        if (limit == 0)
            return null;
        var members = tally.MembersByValue();
        var texts = await SiteDictionary.Texts(dataSource, siteId).DecodeAsync(members.Keys, cancellationToken);
        return
        [
            .. members.OrderByDescending(value => value.Value)
                .ThenBy(value => texts[value.Key], StringComparer.Ordinal)
                .Take(limit)
                .Select(value => (value.Key, texts[value.Key])),
        ];
    }

    private void RequireRoom(long numbers)
    {
        if (numbers > most.MaxNumbers)
            throw TooLarge(most.MaxNumbers, "numbers in its answer", ", fewer `intervals` or a lower `limit`");
    }

    private static RpcException TooLarge(int bound, string what, string orElse) =>
        GrpcErrors.ResourceExhausted(string.Create(
            CultureInfo.InvariantCulture,
            $"The report has more than {bound:N0} {what}. Take a shorter `period`, more filters{orElse}."));
}
