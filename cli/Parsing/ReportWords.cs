using SessionPlatform.Contracts.Attribution.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Cli.Parsing;

/// <summary>The words for the enums of reports.</summary>
internal static class ReportWords
{
    public static EnumWords<Metric.Types.Name> Metrics { get; } = new("metric", Metric.Descriptor.EnumTypes[0]);

    public static EnumWords<Dimension.Types.Name> Dimensions { get; } =
        new("dimension", Dimension.Descriptor.EnumTypes[0]);

    public static EnumWords<Filter.Types.Operator> Operators { get; } =
        new("operator", Filter.Descriptor.EnumTypes[0]);

    public static EnumWords<Bucket> Buckets { get; } =
        new("bucket", MetricsReflection.Descriptor.EnumTypes.Single(each => each.Name == nameof(Bucket)));

    public static EnumWords<Unit> Units { get; } =
        new("unit", MetricsReflection.Descriptor.EnumTypes.Single(each => each.Name == nameof(Unit)));

    public static EnumWords<GetAttributionRequest.Types.Model> Models { get; } =
        new("model", GetAttributionRequest.Descriptor.EnumTypes[0]);

    public static EnumWords<Comparison> Comparisons { get; } =
        new("comparison", MetricsReflection.Descriptor.EnumTypes.Single(each => each.Name == nameof(Comparison)));

    public static EnumWords<GetFunnelReportRequest.Types.Touch> Touches { get; } =
        new("touch", GetFunnelReportRequest.Descriptor.EnumTypes[0]);

    public static EnumWords<FunnelEvent.Types.Verdict> Verdicts { get; } =
        new("verdict", FunnelEvent.Descriptor.EnumTypes[0]);
}
