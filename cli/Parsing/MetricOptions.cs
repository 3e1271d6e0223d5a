using System.CommandLine;
using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Cli.Parsing;

/// <summary>Options of reports that consist of metrics.</summary>
internal static class MetricOptions
{
    /// <param name="defaults">The metrics used when none is given.</param>
    public static Option<Metric.Types.Name[]> Metrics(string defaults) => ParsedOptions.Words(
        "--metric",
        "METRIC,…",
        $"What is counted, default {defaults}: {ReportWords.Metrics.All}.",
        ReportWords.Metrics);

    /// <summary>Returns the given metrics, or the defaults.</summary>
    public static Metric.Types.Name[] Given(
        ParseResult parsed, Option<Metric.Types.Name[]> option, Metric.Types.Name[] defaults) =>
        parsed.GetValue(option) is { Length: > 0 } given ? given : defaults;

    public static Option<Comparison> Compare() => ParsedOptions.Word(
        "--compare", "PERIOD", $"Beside an earlier time: {ReportWords.Comparisons.All}.", ReportWords.Comparisons);
}
