using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Metrics.V1;
using Name = SessionPlatform.Contracts.Metrics.V1.Metric.Types.Name;

namespace SessionPlatform.Cli.Reports;

/// <summary>Formats values of metrics.</summary>
internal static class MetricText
{
    private const string Nothing = "–";

    public static string Title(Name metric) => ReportWords.Metrics.Of(metric).Replace('-', ' ');

    public static string Of(MetricValue value)
    {
        if (value.Metric == Name.Revenue)
            return Show.Money(value.Revenue);
        if (!value.HasValue)
            return Nothing;
        var culture = CultureInfo.InvariantCulture;
        return value.Metric switch
        {
            Name.EngagementRate or Name.BounceRate or Name.ConversionRate or Name.ExitRate => Show.Percent(value.Value),
            Name.AverageDuration or Name.MedianDuration or Name.DurationP90 or Name.DurationP99
                or Name.AverageTimeOnPage => Show.Duration(Duration.FromTimeSpan(TimeSpan.FromSeconds(value.Value))),
            Name.PagesPerSession => Show.Number(value.Value),
            Name.AverageScrollDepth => string.Create(culture, $"{value.Value:0.0} %"),
            Name.LoadTimeP90 => string.Create(culture, $"{value.Value:#,0} ms"),
            _ => value.Value.ToString("#,0.##", culture),
        };
    }

    /// <summary>
    /// Formats the growth since the compared period, for example "+12.5 %"; a dash without a value to compare.
    /// </summary>
    public static string Change(MetricValue now, MetricValue? before) =>
        before is { HasValue: true, Value: not 0 } && now.HasValue
            ? ((now.Value - before.Value) / before.Value * 100).ToString(
                "+0.0 '%';-0.0 '%';0.0 '%'", CultureInfo.InvariantCulture)
            : Nothing;

    /// <summary>Returns the value to chart; null for revenue, because currencies cannot be added.</summary>
    public static double? Number(MetricValue value) => value.HasValue ? value.Value : null;
}
