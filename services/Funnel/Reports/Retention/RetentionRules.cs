using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.Funnel.Segments;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Reports.Retention;

/// <summary>Validates requests of retention, lifecycle and stickiness.</summary>
internal static class RetentionRules
{
    private const int MaxAhead = 100;
    private const int MaxOccurrences = 1000;
    private const int MaxTables = 50;

    public static AskedPeriod Check(GetRetentionRequest request, Violations violations)
    {
        var period = AskedPeriod.Read(request.Period, violations);
        CheckInterval(request.Interval, violations);
        CheckRange(request.Intervals, MaxAhead, "intervals", violations);
        CheckMatch(request.Target, "target", violations);
        CheckMatch(request.Returning, "returning", violations);
        if (!Enum.IsDefined(request.Kind))
            violations.Add("kind", "must be RECURRING or FIRST_TIME");
        CheckRange(request.MinimumOccurrences, MaxOccurrences, "minimum_occurrences", violations);
        SegmentRules.Check(request.Segment, violations);
        if (request.Breakdown != Dimension.Types.Name.Unspecified
            && SessionDimension.Find(request.Breakdown) is not { Parts: null })
        {
            violations.Add("breakdown", "must be a dimension of one value a session, e.g. CHANNEL");
        }

        CheckRange(request.Limit, MaxTables, "limit", violations);
        return period;
    }

    public static AskedPeriod Check(GetLifecycleRequest request, Violations violations) =>
        Check(request.Period, request.Interval, request.Event, request.Segment, violations);

    public static AskedPeriod Check(GetStickinessRequest request, Violations violations) =>
        Check(request.Period, request.Interval, request.Event, request.Segment, violations);

    private static AskedPeriod Check(
        Period? asked, Bucket interval, EventMatch? match, Segment? segment, Violations violations)
    {
        var period = AskedPeriod.Read(asked, violations);
        CheckInterval(interval, violations);
        CheckMatch(match, "event", violations);
        SegmentRules.Check(segment, violations);
        return period;
    }

    private static void CheckInterval(Bucket interval, Violations violations)
    {
        if (interval is not (Bucket.Hour or Bucket.Day or Bucket.Week or Bucket.Month))
            violations.Add("interval", "must be HOUR, DAY, WEEK or MONTH");
    }

    private static void CheckMatch(EventMatch? match, string field, Violations violations)
    {
        if (match is not null)
            EventMatchRules.Check(match, field, violations);
    }

    private static void CheckRange(int number, int most, string field, Violations violations)
    {
        if (number < 0 || number > most)
            violations.Add(field, $"must be 1-{most}, or 0 for the default");
    }
}
