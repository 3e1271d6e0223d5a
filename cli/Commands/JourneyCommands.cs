using System.CommandLine;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Cli.Reports;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Query.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp paths</c> and <c>sp transitions</c>: show how visitors navigate the site.</summary>
internal static class JourneyCommands
{
    public static Command CreatePaths(CommandHost host)
    {
        var (segment, shape) = (new SegmentOptions(), new ShapeOptions());
        var length = Length();
        var minLength = ParsedOptions.Number("--min-length", "Fewest pages of a path; default 2.");
        var limit = ParsedOptions.Number("--limit", "How many; default 10.");
        var byDevice = new Option<bool>("--by-device") { Description = "Also by device type." };
        var json = CommonOptions.Json();
        var command = new Command("paths", "The most frequent paths through the site.")
        {
            length, minLength, limit, byDevice, json,
        };
        shape.AddTo(command);
        segment.AddTo(command);
        host.OnRun(command, (context, parsed, cancellationToken) =>
        {
            var request = new GetPathsRequest
            {
                SiteId = segment.Site(parsed),
                Period = segment.Period(parsed),
                Segment = segment.Segment(parsed),
                Shape = shape.Read(parsed),
                Length = parsed.GetValue(length),
                MinLength = parsed.GetValue(minLength),
                Limit = parsed.GetValue(limit),
                ByDevice = parsed.GetValue(byDevice),
            };
            var report = new GetReportRequest { Paths = request };
            return ReportCall.RunAsync(context, request.SiteId, report, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    public static Command CreateTransitions(CommandHost host)
    {
        var (segment, shape) = (new SegmentOptions(), new ShapeOptions());
        var length = Length();
        var limit = ParsedOptions.Number("--limit", "Pages at each step; default 10. The rest is one more.");
        var json = CommonOptions.Json();
        var command = new Command("transitions", "From which page visitors go to which, step by step.")
        {
            length, limit, json,
        };
        shape.AddTo(command);
        segment.AddTo(command);
        host.OnRun(command, (context, parsed, cancellationToken) =>
        {
            var request = new GetTransitionsRequest
            {
                SiteId = segment.Site(parsed),
                Period = segment.Period(parsed),
                Segment = segment.Segment(parsed),
                Shape = shape.Read(parsed),
                Length = parsed.GetValue(length),
                Limit = parsed.GetValue(limit),
            };
            var report = new GetReportRequest { Transitions = request };
            return ReportCall.RunAsync(context, request.SiteId, report, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static Option<int> Length() =>
        ParsedOptions.Number("--length", "Most pages of a path, 2-10; default 5.");
}
