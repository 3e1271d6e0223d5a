using System.CommandLine;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Cli.Reports;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using Name = SessionPlatform.Contracts.Metrics.V1.Metric.Types.Name;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp series</c>: shows metrics over time.</summary>
internal static class SeriesCommand
{
    private const string NoBucket = "none";

    public static Command Create(CommandHost host)
    {
        var segment = new SegmentOptions();
        var metrics = MetricOptions.Metrics("sessions, visitors and page-views");
        var bucket = BucketOption();
        var breakdown = ParsedOptions.Word(
            "--by", "DIMENSION", $"A series for each value: {ReportWords.Dimensions.All}.", ReportWords.Dimensions);
        var limit = ParsedOptions.Number(
            "--limit", "Values with a series of their own; default 10. The others are one.");
        var compare = MetricOptions.Compare();
        var json = CommonOptions.Json();
        var command = new Command("series", "Metrics over time, in the site's time zone.")
        {
            metrics, bucket, breakdown, limit, compare, json,
        };
        segment.AddTo(command);
        host.OnRun(command, (context, parsed, cancellationToken) =>
        {
            var request = new GetSeriesRequest
            {
                SiteId = segment.Site(parsed),
                Period = segment.Period(parsed),
                Segment = segment.Segment(parsed),
                Bucket = parsed.GetValue(bucket),
                Breakdown = parsed.GetValue(breakdown),
                Limit = parsed.GetValue(limit),
                Comparison = parsed.GetValue(compare),
            };
            request.Metrics.Add(MetricOptions.Given(parsed, metrics, [Name.Sessions, Name.Visitors, Name.PageViews]));
            var report = new GetReportRequest { Series = request };
            return ReportCall.RunAsync(context, request.SiteId, report, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static Option<Bucket> BucketOption() => new("--bucket")
    {
        HelpName = "BUCKET",
        Description = $"{ReportWords.Buckets.All}; or {NoBucket}, for one figure. Default day.",
        DefaultValueFactory = _ => Bucket.Day,
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (text.Equals(NoBucket, StringComparison.OrdinalIgnoreCase))
                return Bucket.Unspecified;
            if (ReportWords.Buckets.Parse(text, out var error) is { } value)
                return value;
            result.AddError(error);
            return default;
        },
    };
}
