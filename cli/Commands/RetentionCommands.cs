using System.CommandLine;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Cli.Reports;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Retention.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp retention</c>, <c>sp lifecycle</c> and <c>sp stickiness</c>: show how visitors return.</summary>
internal static class RetentionCommands
{
    public static Command CreateRetention(CommandHost host)
    {
        var segment = new SegmentOptions();
        var interval = Interval(Bucket.Week);
        var (target, returning) = (
            Event("--target", "What makes one belong to a cohort"), Event("--returning", "What counts as coming back"));
        var intervals = ParsedOptions.Number("--intervals", "How many intervals after the first; default 11.");
        var first = new Option<bool>("--first-time") { Description = "Only the cohort of the first target event." };
        var rolling = new Option<bool>("--rolling") { Description = "Who comes back later counts before, too." };
        var minimum = ParsedOptions.Number("--min", "So many returning events make a return; default 1.");
        var breakdown = ParsedOptions.Word(
            "--by", "DIMENSION", $"A table for each value: {ReportWords.Dimensions.All}.", ReportWords.Dimensions);
        var limit = ParsedOptions.Number("--limit", "Values with a table of their own; default 10.");
        var json = CommonOptions.Json();
        var command = new Command("retention", "Who comes back: cohorts, and how many of each return.")
        {
            interval, target, returning, intervals, first, rolling, minimum, breakdown, limit, json,
        };
        segment.AddTo(command);
        host.OnRun(command, (context, parsed, cancellationToken) =>
        {
            var request = new GetRetentionRequest
            {
                SiteId = segment.Site(parsed),
                Period = segment.Period(parsed),
                Segment = segment.Segment(parsed),
                Interval = parsed.GetValue(interval),
                Intervals = parsed.GetValue(intervals),
                Target = parsed.GetValue(target),
                Returning = parsed.GetValue(returning),
                Kind = parsed.GetValue(first)
                    ? GetRetentionRequest.Types.Kind.FirstTime
                    : GetRetentionRequest.Types.Kind.Recurring,
                Rolling = parsed.GetValue(rolling),
                MinimumOccurrences = parsed.GetValue(minimum),
                Breakdown = parsed.GetValue(breakdown),
                Limit = parsed.GetValue(limit),
            };
            var report = new GetReportRequest { Retention = request };
            return ReportCall.RunAsync(context, request.SiteId, report, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    public static Command CreateLifecycle(CommandHost host)
    {
        var segment = new SegmentOptions();
        var interval = Interval(Bucket.Week);
        var match = Event("--event", "What counts as active");
        var json = CommonOptions.Json();
        var command = new Command("lifecycle", "New, returning, resurrecting and dormant in each interval.")
        {
            interval, match, json,
        };
        segment.AddTo(command);
        host.OnRun(command, (context, parsed, cancellationToken) =>
        {
            var request = new GetLifecycleRequest
            {
                SiteId = segment.Site(parsed),
                Period = segment.Period(parsed),
                Segment = segment.Segment(parsed),
                Interval = parsed.GetValue(interval),
                Event = parsed.GetValue(match),
            };
            var report = new GetReportRequest { Lifecycle = request };
            return ReportCall.RunAsync(context, request.SiteId, report, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    public static Command CreateStickiness(CommandHost host)
    {
        var segment = new SegmentOptions();
        var interval = Interval(Bucket.Day);
        var match = Event("--event", "What counts as active");
        var cumulative = new Option<bool>("--cumulative") { Description = "Active in at least so many intervals." };
        var json = CommonOptions.Json();
        var command = new Command("stickiness", "In how many intervals of a period visitors were active.")
        {
            interval, match, cumulative, json,
        };
        segment.AddTo(command);
        host.OnRun(command, (context, parsed, cancellationToken) =>
        {
            var request = new GetStickinessRequest
            {
                SiteId = segment.Site(parsed),
                Period = segment.Period(parsed),
                Segment = segment.Segment(parsed),
                Interval = parsed.GetValue(interval),
                Event = parsed.GetValue(match),
                Cumulative = parsed.GetValue(cumulative),
            };
            var report = new GetReportRequest { Stickiness = request };
            return ReportCall.RunAsync(context, request.SiteId, report, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static Option<Bucket> Interval(Bucket usual)
    {
        var option = ParsedOptions.Word(
            "--interval",
            "INTERVAL",
            $"hour, day, week or month; default {ReportWords.Buckets.Of(usual)}.",
            ReportWords.Buckets);
        option.DefaultValueFactory = _ => usual;
        return option;
    }

    private static Option<EventMatch?> Event(string name, string what) => new(name)
    {
        HelpName = "PATTERN",
        Description = $"{what}: {EventMatches.Grammar}, as kind=pageview,path=/cart/**. Default any event.",
        CustomParser = result =>
        {
            if (EventMatches.Parse(result.Tokens.Single().Value, out var error) is { } match)
                return match;
            result.AddError(error);
            return null;
        },
    };
}
