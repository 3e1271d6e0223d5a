using System.CommandLine;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Cli.Reports;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp active</c>: shows the visitors who are active now.</summary>
internal static class ActiveCommand
{
    public static Command Create(CommandHost host)
    {
        var segment = new SegmentOptions(hasPeriod: false);
        var within = Within();
        var limit = ParsedOptions.Number("--limit", "Pages; default 10.");
        var json = CommonOptions.Json();
        var command = new Command("active", "Who is there now, and on which page.") { within, limit, json };
        segment.AddTo(command);
        host.OnRun(command, (context, parsed, cancellationToken) =>
        {
            var request = new GetActiveVisitorsRequest
            {
                SiteId = segment.Site(parsed),
                Segment = segment.Segment(parsed),
                WithinSeconds = Seconds(parsed.GetValue(within)),
                Limit = parsed.GetValue(limit),
            };
            var report = new GetReportRequest { ActiveVisitors = request };
            return ReportCall.RunAsync(context, request.SiteId, report, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    public static Option<TimeSpan?> Within() =>
        CommonOptions.Duration("--within", "With an event within the last so long; default 5m.");

    /// <summary>Rounds to whole seconds; at least one, because 0 means the default.</summary>
    public static int Seconds(TimeSpan? within) =>
        within is { } span ? (int)Math.Clamp(Math.Ceiling(span.TotalSeconds), 1, int.MaxValue) : 0;
}
