using Google.Protobuf.Collections;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.Funnel.Reports.Metrics.Counting;
using SessionPlatform.Funnel.Segments;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Reports.Metrics;

/// <summary>Checks requests, as far as that needs no data.</summary>
internal static class ReportRules
{
    private const int MaxMetrics = 30;
    private const int MaxSeries = 100;
    private const int MaxRows = 1000;
    private const int MaxSeconds = 3600;

    public static AskedPeriod Check(GetSeriesRequest request, Violations violations)
    {
        CheckMetrics(request.Metrics, violations);
        var period = AskedPeriod.Read(request.Period, violations);
        if (!Enum.IsDefined(request.Bucket))
            violations.Add("bucket", "must be one of the buckets, e.g. DAY");
        SegmentRules.Check(request.Segment, violations);
        if (request.Breakdown != Dimension.Types.Name.Unspecified)
            CheckDimension("breakdown", request.Breakdown, violations);
        CheckLimit(request.Limit, MaxSeries, violations);
        CheckComparison(request.Comparison, violations);
        return period;
    }

    public static AskedPeriod Check(GetTopListRequest request, Violations violations)
    {
        CheckDimension("dimension", request.Dimension, violations);
        CheckMetrics(request.Metrics, violations);
        if (request.Metrics is [Metric.Types.Name.Revenue, ..])
            violations.Add("metrics[0]", "must not be REVENUE: amounts of several currencies have no order");
        var period = AskedPeriod.Read(request.Period, violations);
        SegmentRules.Check(request.Segment, violations);
        CheckLimit(request.Limit, MaxRows, violations);
        CheckComparison(request.Comparison, violations);
        return period;
    }

    public static void Check(GetActiveVisitorsRequest request, Violations violations)
    {
        SegmentRules.Check(request.Segment, violations);
        if (request.WithinSeconds is < 0 or > MaxSeconds)
            violations.Add("within_seconds", $"must be 1-{MaxSeconds}, or 0 for the default");
        CheckLimit(request.Limit, MaxRows, violations);
    }

    private static void CheckMetrics(RepeatedField<Metric.Types.Name> metrics, Violations violations)
    {
        if (metrics.Count is 0 or > MaxMetrics)
            violations.Add("metrics", $"must have 1-{MaxMetrics} entries");
        for (var index = 0; index < metrics.Count; index++)
        {
            if (SessionMetric.Find(metrics[index]) is null)
                violations.Add($"metrics[{index}]", "must be one of the metrics, e.g. SESSIONS");
        }
    }

    private static void CheckDimension(string field, Dimension.Types.Name dimension, Violations violations)
    {
        if (SessionDimension.Find(dimension) is null)
            violations.Add(field, "must be one of the dimensions, e.g. PATH or CHANNEL");
    }

    private static void CheckLimit(int limit, int most, Violations violations)
    {
        if (limit < 0 || limit > most)
            violations.Add("limit", $"must be 1-{most}, or 0 for the default");
    }

    private static void CheckComparison(Comparison comparison, Violations violations)
    {
        if (!Enum.IsDefined(comparison))
            violations.Add("comparison", "must be PREVIOUS_PERIOD or PREVIOUS_YEAR");
    }
}
