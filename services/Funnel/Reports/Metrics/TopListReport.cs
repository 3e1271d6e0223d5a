using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.Funnel.Reports.Metrics.Counting;

namespace SessionPlatform.Funnel.Reports.Metrics;

/// <summary>Computes top lists.</summary>
internal sealed class TopListReport(
    ReportDatabase database, SessionCounts counts, TopValues top, TimeProvider time)
{
    private const int DefaultLimit = 10;

    /// <param name="request">Checked by <see cref="ReportRules"/>.</param>
    /// <param name="period">Its period.</param>
    public Task<GetTopListResponse> ComputeAsync(
        GetTopListRequest request,
        AskedPeriod period,
        SiteConfiguration configuration,
        CancellationToken cancellationToken) =>
        database.ReadAsync(
            PersonSql.IsJoined(request.Segment),
            (connection, token) => ComputeAsync(connection, request, period, configuration, token),
            cancellationToken);

    private async Task<GetTopListResponse> ComputeAsync(
        NpgsqlConnection connection,
        GetTopListRequest request,
        AskedPeriod period,
        SiteConfiguration configuration,
        CancellationToken cancellationToken)
    {
        var zone = configuration.TimeZone;
        var span = await ReportDatabase.ResolveAsync(
            connection, request.SiteId, period, zone, time.GetUtcNow().UtcDateTime, cancellationToken);
        var hasHours = await HourSums.AreCurrentAsync(connection, configuration, cancellationToken);
        var sessions = new CountedSessions(configuration, span, request.Segment, hasHours);
        var (values, ranked, whole) = await CountAsync(connection, request, sessions, cancellationToken);
        RankedFigures? earlierRanked = null;
        Figures? earlierWhole = null;
        if (Comparisons.Of(request.Comparison, span, zone) is { } earlier)
        {
            (earlierRanked, earlierWhole) = await CountAsync(
                connection, request, sessions with { Span = earlier }, values, cancellationToken);
        }

        var response = new GetTopListResponse { Total = Row("", 0, whole, earlierWhole) };
        for (var index = 0; index < values.Count; index++)
            response.Rows.Add(Row(values[index].Text, index + 1, ranked.Figures, earlierRanked?.Figures));
        if (ranked.HasOther || earlierRanked is { HasOther: true })
            response.Other = Row("", 0, ranked.Figures, earlierRanked?.Figures);
        return response;
    }

    private async Task<(List<TopValue> Values, RankedFigures Ranked, Figures Whole)> CountAsync(
        NpgsqlConnection connection,
        GetTopListRequest request,
        CountedSessions sessions,
        CancellationToken cancellationToken)
    {
        // What adds up is counted by value at once: the figures of the others are what is left.
        var addsUp = Tally.AddsUp(request.Metrics, request.Dimension);
        var byValue = new Tally(addsUp ? request.Metrics : [request.Metrics[0]], Keying.ByValue(request.Dimension));
        var whole = await SessionCounts.BeginAsync(connection, sessions, request.Metrics, null, cancellationToken);
        await counts.CountAsync(connection, sessions, [byValue, .. whole.Tallies], cancellationToken);
        var found = await top.FindAsync(
            request.SiteId, byValue, request.Limit == 0 ? DefaultLimit : request.Limit, cancellationToken);
        var ranked = addsUp
            ? byValue.Fold([.. found.Select(value => value.Key)])
            : await RankAsync(connection, request, sessions, found, [], cancellationToken);
        return (found, ranked, await counts.FinishAsync(request.SiteId, whole, cancellationToken));
    }

    private async Task<(RankedFigures Ranked, Figures Whole)> CountAsync(
        NpgsqlConnection connection,
        GetTopListRequest request,
        CountedSessions sessions,
        List<TopValue> values,
        CancellationToken cancellationToken)
    {
        var whole = await SessionCounts.BeginAsync(connection, sessions, request.Metrics, null, cancellationToken);
        var ranked = await RankAsync(connection, request, sessions, values, whole.Tallies, cancellationToken);
        return (ranked, await counts.FinishAsync(request.SiteId, whole, cancellationToken));
    }

    private async Task<RankedFigures> RankAsync(
        NpgsqlConnection connection,
        GetTopListRequest request,
        CountedSessions sessions,
        List<TopValue> values,
        IReadOnlyList<Tally> beside,
        CancellationToken cancellationToken)
    {
        var keying = Keying.ByRank(request.Dimension, [.. values.Select(value => value.Number)]);
        var tally = new Tally(request.Metrics, keying);
        await counts.CountAsync(connection, sessions, [tally, .. beside], cancellationToken);
        return new RankedFigures(
            await counts.FinishAsync(request.SiteId, tally, cancellationToken), tally.HasFirst);
    }

    private static TopListRow Row(string value, int key, Figures figures, Figures? earlier) => new()
    {
        Value = value,
        Values = { figures.Of(key) },
        Compared = { earlier?.Of(key) ?? [] },
    };
}
