using Google.Protobuf.WellKnownTypes;
using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Metrics;

/// <summary>Computes series.</summary>
internal sealed class SeriesReport(ReportDatabase database, TimeProvider time)
{
    private const int DefaultLimit = 10;

    // About 3 MiB: gRPC clients refuse more than 4 unless told otherwise.
    private const int MostValues = 200_000;

    /// <param name="request">Checked by <see cref="ReportRules"/>.</param>
    /// <param name="period">Its period.</param>
    public Task<GetSeriesResponse> ComputeAsync(
        GetSeriesRequest request,
        AskedPeriod period,
        SiteConfiguration configuration,
        CancellationToken cancellationToken) =>
        database.ReadAsync(
            PersonSql.IsJoined(request.Segment),
            (connection, token) => ComputeAsync(connection, request, period, configuration, token),
            cancellationToken);

    private async Task<GetSeriesResponse> ComputeAsync(
        NpgsqlConnection connection,
        GetSeriesRequest request,
        AskedPeriod period,
        SiteConfiguration configuration,
        CancellationToken cancellationToken)
    {
        var span = await ReportDatabase.ResolveAsync(
            connection, request.SiteId, period, configuration.TimeZone, time.GetUtcNow().UtcDateTime,
            cancellationToken);
        var buckets = BucketsOf(request, span, configuration);
        var earlier = Comparisons.Of(request.Comparison, span, configuration.TimeZone);
        var earlierBuckets = earlier is null ? null : BucketsOf(request, earlier, configuration);
        Bound(request, (buckets?.Length ?? 0) + (earlierBuckets?.Length ?? 0));

        var hours = await ReportDatabase.ZoneOfHoursAsync(connection, configuration, cancellationToken);
        var rows = new FactRows(request.SiteId, span, request.Segment, hours);
        var values = request.Breakdown == Dimension.Types.Name.Unspecified
            ? null
            : await TopValues.ReadAsync(
                connection, rows, request.Breakdown, Metric.Types.Name.Sessions, LimitOf(request), cancellationToken);
        var figures = await FiguresAsync(connection, request, rows, buckets, values, cancellationToken);
        var compared = earlier is null
            ? null
            : await FiguresAsync(
                connection, request, rows with { Span = earlier }, earlierBuckets, values, cancellationToken);

        var hasOther = figures.Has(0) || (compared?.Has(0) ?? false);
        var response = new GetSeriesResponse
        {
            Series = { SeriesOf(figures, buckets, values, hasOther) },
            TimeZone = configuration.TimeZone.Id,
        };
        if (compared is not null)
            response.Compared.AddRange(SeriesOf(compared, earlierBuckets, values, hasOther));
        return response;
    }

    private static Task<Figures> FiguresAsync(
        NpgsqlConnection connection,
        GetSeriesRequest request,
        FactRows rows,
        DateTime[]? buckets,
        string[]? values,
        CancellationToken cancellationToken) =>
        Figures.ReadAsync(
            connection,
            request.Metrics,
            buckets is { Length: > 0 },
            parameters => values is null
                ? rows.Whole(parameters, buckets)
                : rows.ByRank(parameters, buckets, request.Breakdown, values),
            values is null ? rows.Sums(buckets) : null,
            cancellationToken);

    private static DateTime[]? BucketsOf(GetSeriesRequest request, ReportSpan span, SiteConfiguration configuration)
    {
        if (request.Bucket == Bucket.Unspecified || span.From >= span.To)
            return null;
        return BucketBegins.Of(request.Bucket, span, configuration.TimeZone, configuration.WeekStart)
            ?? throw GrpcErrors.InvalidArgument(
                "bucket",
                $"makes more than {BucketBegins.Most(request.Bucket)} points of this period: take longer buckets, or a "
                + "shorter period");
    }

    private static void Bound(GetSeriesRequest request, int points)
    {
        var series = request.Breakdown == Dimension.Types.Name.Unspecified ? 1 : LimitOf(request) + 1;
        var values = (long)request.Metrics.Count * series * (points + 1);
        if (values > MostValues)
        {
            throw GrpcErrors.ResourceExhausted(
                $"The answer could hold {values} values, more than {MostValues}: ask for a shorter period, longer "
                + "buckets, fewer metrics, or a lower limit.");
        }
    }

    private static IEnumerable<Series> SeriesOf(
        Figures figures, DateTime[]? buckets, string[]? values, bool hasOther)
    {
        if (values is null)
        {
            yield return Of("", 1);
            yield break;
        }

        for (var index = 0; index < values.Length; index++)
            yield return Of(values[index], index + 1);
        if (hasOther)
            yield return Of("", 0);

        Series Of(string value, int key) => new()
        {
            Value = value,
            IsOther = key == 0,
            Total = { figures.Of(key) },
            Points =
            {
                (buckets ?? []).Select((begin, index) => new SeriesPoint
                {
                    At = begin.ToTimestamp(),
                    Values = { figures.Of(key, index + 1) },
                }),
            },
        };
    }

    private static int LimitOf(GetSeriesRequest request) => request.Limit == 0 ? DefaultLimit : request.Limit;
}

/// <summary>Earlier periods to compare with.</summary>
internal static class Comparisons
{
    /// <summary>Null: nothing is compared.</summary>
    public static ReportSpan? Of(Comparison comparison, ReportSpan span, TimeZoneInfo zone) => comparison switch
    {
        Comparison.PreviousPeriod => span.PreviousPeriod(zone),
        Comparison.PreviousYear => span.PreviousYear(zone),
        _ => null,
    };
}
