using System.Text;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Attribution.V1;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.Funnel.Segments;
using SessionPlatform.ServiceDefaults.Grpc;
using By = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;

namespace SessionPlatform.Funnel.Reports.Attribution;

/// <summary>Validates attribution requests.</summary>
internal static class AttributionRules
{
    private const int MaxTypeBytes = 128;
    private const int MaxRows = 1000;
    private const int ShortestSeconds = 3600;
    private const int LongestSeconds = 366 * 86_400;
    private const int NanosecondsPerSecond = 1_000_000_000;

    private static readonly By[] Dimensions =
    [
        By.Unspecified, By.Channel, By.Source, By.Medium, By.Campaign, By.Term, By.Content, By.ReferrerHost,
        By.EntryPage,
    ];

    public static AskedPeriod Check(GetAttributionRequest request, Violations violations)
    {
        var period = AskedPeriod.Read(request.Period, violations);
        SegmentRules.Check(request.Segment, violations);
        if (!System.Enum.IsDefined(request.Model))
            violations.Add("model", "must be FIRST, LAST, LAST_NON_DIRECT or LINEAR");
        if (!Dimensions.Contains(request.Dimension))
        {
            violations.Add(
                "dimension",
                "must be CHANNEL, SOURCE, MEDIUM, CAMPAIGN, TERM, CONTENT, REFERRER_HOST or ENTRY_PAGE");
        }

        if (request.LookBack is { } lookBack && !IsLookBack(lookBack))
            violations.Add("look_back", "must be 1 h - 366 days, e.g. \"2592000s\" for 30 days");
        if (Encoding.UTF8.GetByteCount(request.ConversionType) > MaxTypeBytes
            || request.ConversionType.Contains('\0', StringComparison.Ordinal))
        {
            violations.Add("conversion_type", $"must be at most {MaxTypeBytes} bytes without NUL");
        }

        if (request.Limit is < 0 or > MaxRows)
            violations.Add("limit", $"must be 1-{MaxRows}, or 0 for the default");
        return period;
    }

    private static bool IsLookBack(Duration span) =>
        span.Nanos is >= 0 and < NanosecondsPerSecond
        && span.Seconds is >= ShortestSeconds and <= LongestSeconds
        && (span.Seconds < LongestSeconds || span.Nanos == 0);
}
