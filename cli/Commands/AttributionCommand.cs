using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Cli.Reports;
using SessionPlatform.Contracts.Attribution.V1;
using SessionPlatform.Contracts.Query.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp attribution</c>: credits conversions to channels, sources or campaigns.</summary>
internal static class AttributionCommand
{
    public static Command Create(CommandHost host)
    {
        var segment = new SegmentOptions();
        var model = ParsedOptions.Word(
            "--model", "MODEL", $"How it is shared out: {ReportWords.Models.All}; default last.", ReportWords.Models);
        var dimension = ParsedOptions.Word(
            "--by",
            "DIMENSION",
            "channel, source, medium, campaign, term, content, referrer-host or entry-page; default channel.",
            ReportWords.Dimensions);
        var lookBack = CommonOptions.Duration(
            "--look-back", "How long before a conversion other sessions count; default 30d.");
        var type = new Option<string>("--conversion")
        {
            HelpName = "TYPE",
            Description = "Only conversions of this type.",
            DefaultValueFactory = _ => "",
        };
        var limit = ParsedOptions.Number("--limit", "How many; default 20. The others are one.");
        var json = CommonOptions.Json();
        var command = new Command("attribution", "Conversions and revenue by where the sessions before them came from.")
        {
            model, dimension, lookBack, type, limit, json,
        };
        segment.AddTo(command);
        host.OnRun(command, (context, parsed, cancellationToken) =>
        {
            var request = new GetAttributionRequest
            {
                SiteId = segment.Site(parsed),
                Period = segment.Period(parsed),
                Segment = segment.Segment(parsed),
                Model = parsed.GetValue(model),
                Dimension = parsed.GetValue(dimension),
                LookBack = parsed.GetValue(lookBack) is { } span ? Duration.FromTimeSpan(span) : null,
                ConversionType = parsed.GetValue(type) ?? "",
                Limit = parsed.GetValue(limit),
            };
            var report = new GetReportRequest { Attribution = request };
            return ReportCall.RunAsync(context, request.SiteId, report, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }
}
