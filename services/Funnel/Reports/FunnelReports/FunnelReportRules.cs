using System.Text;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.Funnel.Segments;
using SessionPlatform.ServiceDefaults.Grpc;
using Case = SessionPlatform.Contracts.Funnels.V1.GetFunnelReportRequest.FunnelOneofCase;

namespace SessionPlatform.Funnel.Reports.FunnelReports;

/// <summary>Validates requests as far as possible without stored data.</summary>
internal static class FunnelReportRules
{
    private const int MaxValues = 100;
    private const int MaxBins = 60;
    private const int MaxPageSize = 1000;
    private const int MaxVisitorIdBytes = 128;

    /// <summary>Validates a request and returns its period.</summary>
    public static AskedPeriod Check(GetFunnelReportRequest request, Violations violations)
    {
        switch (request.FunnelCase)
        {
            case Case.Definition:
                foreach (var (field, description) in DefinitionRules.UnnamedViolations(request.Definition))
                    violations.Add(field, description);
                FunnelTerms.Check(request.Definition, violations);
                break;
            case Case.Name when request.Name.Length > 0:
                break;
            default:
                violations.Add(
                    "name", $"is missing; \"{EcommerceFunnel.Name}\" is the built-in funnel; or give `definition`");
                break;
        }

        var period = AskedPeriod.Read(request.Period, violations);
        SegmentRules.Check(request.Segment, violations, takesSessions: true);
        CheckShape(request, violations);
        return period;
    }

    /// <param name="violations">With the prefix of the field that the funnel is in.</param>
    /// <param name="request">But for its funnel.</param>
    public static void CheckOuter(ListFunnelActorsRequest request, Violations violations)
    {
        if (request.Step < 1)
            violations.Add("step", "must be the number of a step, from 1");
        if (request.PageSize is < 0 or > MaxPageSize)
            violations.Add("page_size", $"must be 1-{MaxPageSize}, or 0 for the default");
    }

    public static void CheckOuter(ExplainFunnelRequest request, Violations violations)
    {
        if (request.VisitorId.Length == 0)
            violations.Add("visitor_id", "is missing");
        if (Encoding.UTF8.GetByteCount(request.VisitorId) > MaxVisitorIdBytes
            || request.VisitorId.Contains('\0', StringComparison.Ordinal))
        {
            violations.Add("visitor_id", $"must be at most {MaxVisitorIdBytes} bytes without NUL");
        }
    }

    /// <summary>Returns the regular expressions that the database must compile, with their fields.</summary>
    public static IEnumerable<(string Field, string Expression)> Expressions(GetFunnelReportRequest request) =>
        SegmentRules.Expressions(request.Segment).Concat(Expressions(request.Definition));

    /// <summary>Returns those of a definition alone.</summary>
    public static IEnumerable<(string Field, string Expression)> Expressions(FunnelDefinition? definition) =>
        FunnelTerms.Sessions(definition).SelectMany(each => SegmentRules.Expressions(each.Filters, each.Field));

    private static void CheckShape(GetFunnelReportRequest request, Violations violations)
    {
        if (request.Breakdown != Dimension.Types.Name.Unspecified
            && SessionDimension.Find(request.Breakdown) is not { Parts: null })
        {
            violations.Add("breakdown", "must be a dimension of one value a session, e.g. CHANNEL or ENTRY_PAGE");
        }

        if (!Enum.IsDefined(request.Touch))
            violations.Add("touch", "must be FIRST or LAST");
        if (request.Limit is < 0 or > MaxValues)
            violations.Add("limit", $"must be 1-{MaxValues}, or 0 for the default");
        if (request.Trend == Bucket.Minute || !Enum.IsDefined(request.Trend))
            violations.Add("trend", "must be HOUR, DAY, WEEK or MONTH");
        if (request.Bins is < 0 or > MaxBins)
            violations.Add("bins", $"must be 1-{MaxBins}, or 0 for none");
    }
}
