using System.CommandLine;
using System.CommandLine.Parsing;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Cli.Reports;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp live</c>: shows a report and updates it as it changes.</summary>
internal static class LiveCommand
{
    private const string About = """
        A report as it changes, until Ctrl-C: who is there now; with --metric figures; with --funnel a funnel; with
        --report any report. On a terminal it is drawn anew, else each change is a line.
        """;

    public static Command Create(CommandHost host)
    {
        var segment = new SegmentOptions();
        var metrics = MetricOptions.Metrics("none");
        var funnel = new Option<string>("--funnel") { HelpName = "NAME", Description = "This funnel, of all time." };
        var file = new Option<string>("--report")
        {
            HelpName = "FILE",
            Description = "The report whose request is in this file, as for ./sp query.",
        };
        var within = ActiveCommand.Within();
        var json = new Option<bool>("--json") { Description = "Each state as one line of proto3 JSON." };
        var command = new Command("live", About) { metrics, funnel, file, within, json };
        segment.AddTo(command);
        command.Validators.Add(result => Validate(result, metrics, funnel, file));
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var siteId = segment.Site(parsed);
            var request = parsed.GetValue(file) is { } path
                ? await ReportFile.ReadAsync(context, path, siteId, cancellationToken)
                : parsed.GetValue(funnel) is { } name
                    ? new GetReportRequest { Funnel = new GetFunnelResultRequest { SiteId = siteId, Name = name } }
                    : parsed.GetValue(metrics) is { Length: > 0 } figures
                        ? Figures(segment, parsed, figures)
                        : Active(segment, parsed, parsed.GetValue(within));
            return await LiveView.RunAsync(context, siteId, request, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static GetReportRequest Figures(SegmentOptions segment, ParseResult parsed, Metric.Types.Name[] metrics) =>
        new()
        {
            Series = new GetSeriesRequest
            {
                SiteId = segment.Site(parsed),
                Metrics = { metrics },
                Period = segment.Period(parsed),
                Segment = segment.Segment(parsed),
            },
        };

    private static GetReportRequest Active(SegmentOptions segment, ParseResult parsed, TimeSpan? within) => new()
    {
        ActiveVisitors = new GetActiveVisitorsRequest
        {
            SiteId = segment.Site(parsed),
            Segment = segment.Segment(parsed),
            WithinSeconds = ActiveCommand.Seconds(within),
        },
    };

    private static void Validate(CommandResult result, params Option[] kinds)
    {
        if (kinds.Count(kind => result.GetResult(kind) is { Implicit: false }) > 1)
            result.AddError("Give one of --metric, --funnel and --report.");
    }
}
