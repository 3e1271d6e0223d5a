using System.CommandLine;
using System.CommandLine.Parsing;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Cli.Reports;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using Name = SessionPlatform.Contracts.Metrics.V1.Metric.Types.Name;
using Values = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp top DIMENSION</c> and its shortcuts <c>pages</c>, <c>sources</c> and <c>technology</c>.</summary>
internal static class TopCommands
{
    private static readonly Name[] OfSessions =
        [Name.Sessions, Name.Visitors, Name.BounceRate, Name.AverageDuration, Name.ConversionRate];

    private static readonly Name[] OfPages =
    [
        Name.PageViews, Name.Visitors, Name.Entries, Name.Exits, Name.ExitRate, Name.BounceRate, Name.AverageTimeOnPage,
        Name.AverageScrollDepth, Name.LoadTimeP90,
    ];

    public static Command CreateTop(CommandHost host)
    {
        var dimension = new Argument<Values>("DIMENSION")
        {
            HelpName = "DIMENSION",
            Description = ReportWords.Dimensions.All,
            CustomParser = Parse,
        };
        var command = new Command("top", "The values of a dimension with most of a metric.") { dimension };
        return Complete(host, command, parsed => parsed.GetRequiredValue(dimension));
    }

    public static Command CreatePages(CommandHost host) => Complete(
        host,
        new Command("pages", "The top pages: views, entries, exits, time, scroll depth, load time."),
        _ => Values.Path);

    public static Command CreateSources(CommandHost host) => Listing(
        host, "sources", "Where sessions come from.", Values.Channel,
        Values.Channel, Values.Source, Values.Medium, Values.Campaign, Values.Term, Values.Content,
        Values.ReferrerHost);

    public static Command CreateTechnology(CommandHost host) => Listing(
        host, "technology", "What visitors use.", Values.DeviceType,
        Values.DeviceType, Values.Browser, Values.Os, Values.Language);

    private static Command Listing(
        CommandHost host, string name, string description, Values standard, params Values[] dimensions)
    {
        var words = dimensions.Select(ReportWords.Dimensions.Of).ToArray();
        var by = new Option<Values>("--by")
        {
            HelpName = "DIMENSION",
            Description = $"{string.Join(", ", words)}; default {ReportWords.Dimensions.Of(standard)}.",
            DefaultValueFactory = _ => standard,
            CustomParser = result =>
            {
                if (ReportWords.Dimensions.Parse(result.Tokens.Single().Value, out _) is { } value
                    && dimensions.Contains(value))
                    return value;
                result.AddError($"--by takes one of {string.Join(", ", words)}; ./sp top has all dimensions.");
                return default;
            },
        };
        return Complete(host, new Command(name, description) { by }, parsed => parsed.GetValue(by));
    }

    private static Command Complete(CommandHost host, Command command, Func<ParseResult, Values> dimensionOf)
    {
        var segment = new SegmentOptions();
        var metrics = MetricOptions.Metrics("what fits; the list is by the first");
        var limit = ParsedOptions.Number("--limit", "How many; default 10.");
        var compare = MetricOptions.Compare();
        var json = CommonOptions.Json();
        foreach (var option in new Option[] { metrics, limit, compare, json })
            command.Add(option);
        segment.AddTo(command);
        host.OnRun(command, (context, parsed, cancellationToken) =>
        {
            var dimension = dimensionOf(parsed);
            var request = new GetTopListRequest
            {
                SiteId = segment.Site(parsed),
                Dimension = dimension,
                Period = segment.Period(parsed),
                Segment = segment.Segment(parsed),
                Limit = parsed.GetValue(limit),
                Comparison = parsed.GetValue(compare),
            };
            request.Metrics.Add(
                MetricOptions.Given(parsed, metrics, dimension == Values.Path ? OfPages : OfSessions));
            var report = new GetReportRequest { TopList = request };
            return ReportCall.RunAsync(context, request.SiteId, report, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static Values Parse(ArgumentResult result)
    {
        if (ReportWords.Dimensions.Parse(result.Tokens.Single().Value, out var error) is { } value)
            return value;
        result.AddError(error);
        return default;
    }
}
