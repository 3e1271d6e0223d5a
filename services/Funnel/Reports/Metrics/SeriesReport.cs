using Google.Protobuf.WellKnownTypes;
using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.Funnel.Reports.Metrics.Counting;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Reports.Metrics;

/// <summary>Computes series.</summary>
internal sealed class SeriesReport(
    ReportDatabase database, SessionCounts counts, TopValues top, TimeProvider time)
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

        var hasHours = await HourSums.AreCurrentAsync(connection, configuration, cancellationToken);
        var sessions = new CountedSessions(configuration, span, request.Segment, hasHours);
        var values = request.Breakdown == Dimension.Types.Name.Unspecified
            ? null
            : await ValuesAsync(connection, request, sessions, cancellationToken);
        var ranked = await CountAsync(connection, request, sessions, buckets, values, cancellationToken);
        var compared = earlier is null
            ? null
            : await CountAsync(
                connection, request, sessions with { Span = earlier }, earlierBuckets, values, cancellationToken);

        var hasOther = ranked.HasOther || compared is { HasOther: true };
        var response = new GetSeriesResponse
        {
            Series = { SeriesOf(ranked.Figures, buckets, values, hasOther) },
            TimeZone = configuration.TimeZone.Id,
        };
        if (compared is not null)
            response.Compared.AddRange(SeriesOf(compared.Figures, earlierBuckets, values, hasOther));
        return response;
    }

    private async Task<List<TopValue>> ValuesAsync(
        NpgsqlConnection connection,
        GetSeriesRequest request,
        CountedSessions sessions,
        CancellationToken cancellationToken)
    {
        var byValue = new Tally([Metric.Types.Name.Sessions], Keying.ByValue(request.Breakdown));
        await counts.CountAsync(connection, sessions, [byValue], cancellationToken);
        return await top.FindAsync(request.SiteId, byValue, LimitOf(request), cancellationToken);
    }

    /// <param name="values">Null: sessions are counted as a whole, under the key 0.</param>
    private async Task<RankedFigures> CountAsync(
        NpgsqlConnection connection,
        GetSeriesRequest request,
        CountedSessions sessions,
        DateTime[]? buckets,
        List<TopValue>? values,
        CancellationToken cancellationToken)
    {
        if (values is null)
        {
            var whole = await SessionCounts.BeginAsync(
                connection, sessions, request.Metrics, buckets, cancellationToken);
            await counts.CountAsync(connection, sessions, whole.Tallies, cancellationToken);
            return new RankedFigures(
                await counts.FinishAsync(request.SiteId, whole, cancellationToken), HasOther: false);
        }

        var keying = Keying.ByRank(request.Breakdown, [.. values.Select(value => value.Number)]);
        var tally = new Tally(request.Metrics, keying, buckets);
        await counts.CountAsync(connection, sessions, [tally], cancellationToken);
        return new RankedFigures(
            await counts.FinishAsync(request.SiteId, tally, cancellationToken), tally.HasFirst);
    }

    private static DateTime[]? BucketsOf(GetSeriesRequest request, ReportSpan span, SiteConfiguration configuration)
    {
        if (request.Bucket == Bucket.Unspecified || span.From >= span.To)
            return null;
        return BucketBegins.Of(request.Bucket, span, configuration.TimeZone, configuration.WeekStart)
            ?? throw GrpcErrors.InvalidArgument(
                "bucket",
                $"makes more than {BucketBegins.MaxCount(request.Bucket)} points of {span.ToText(configuration.TimeZone)}: "
                + "take longer buckets, or a shorter period");
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
        Figures figures, DateTime[]? buckets, List<TopValue>? values, bool hasOther)
    {
        if (values is null)
        {
            yield return Of("", 0, isOther: false);
            yield break;
        }

        for (var index = 0; index < values.Count; index++)
            yield return Of(values[index].Text, index + 1, isOther: false);
        if (hasOther)
            yield return Of("", 0, isOther: true);

        Series Of(string value, int key, bool isOther) => new()
        {
            Value = value,
            IsOther = isOther,
            Total = { figures.Of(key) },
            Points =
            {
                (buckets ?? []).Select((begin, index) => new SeriesPoint
                {
                    At = begin.ToTimestamp(),
                    Values = { figures.Of(key, index) },
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
