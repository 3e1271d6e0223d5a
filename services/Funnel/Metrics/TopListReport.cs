using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Identity;

namespace SessionPlatform.Funnel.Metrics;

/// <summary>Computes top lists.</summary>
internal sealed class TopListReport(ReportDatabase database, TimeProvider time)
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
        var hours = await ReportDatabase.ZoneOfHoursAsync(connection, configuration, cancellationToken);
        var rows = new FactRows(request.SiteId, span, request.Segment, hours);
        var limit = request.Limit == 0 ? DefaultLimit : request.Limit;
        var values = await TopValues.ReadAsync(
            connection, rows, request.Dimension, request.Metrics[0], limit, cancellationToken);
        var (ranked, whole) = await FiguresAsync(connection, request, rows, values, cancellationToken);
        Figures? earlierRanked = null, earlierWhole = null;
        if (Comparisons.Of(request.Comparison, span, zone) is { } earlier)
        {
            (earlierRanked, earlierWhole) = await FiguresAsync(
                connection, request, rows with { Span = earlier }, values, cancellationToken);
        }

        var response = new GetTopListResponse { Total = Row("", 1, whole, earlierWhole) };
        for (var index = 0; index < values.Length; index++)
            response.Rows.Add(Row(values[index], index + 1, ranked, earlierRanked));
        if (ranked.Has(0) || (earlierRanked?.Has(0) ?? false))
            response.Other = Row("", 0, ranked, earlierRanked);
        return response;
    }

    private static async Task<(Figures Ranked, Figures Whole)> FiguresAsync(
        NpgsqlConnection connection,
        GetTopListRequest request,
        FactRows rows,
        string[] values,
        CancellationToken cancellationToken)
    {
        var ranked = await Figures.ReadAsync(
            connection,
            request.Metrics,
            hasBuckets: false,
            parameters => rows.ByRank(parameters, null, request.Dimension, values),
            sums: null,
            cancellationToken);
        var whole = await Figures.ReadAsync(
            connection,
            request.Metrics,
            hasBuckets: false,
            parameters => rows.Whole(parameters, null),
            rows.Sums(buckets: null),
            cancellationToken);
        return (ranked, whole);
    }

    private static TopListRow Row(string value, int key, Figures figures, Figures? earlier) => new()
    {
        Value = value,
        Values = { figures.Of(key) },
        Compared = { earlier?.Of(key) ?? [] },
    };
}
