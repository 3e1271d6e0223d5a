using System.CommandLine;
using System.CommandLine.Parsing;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using Option = System.CommandLine.Option;
using Touch = SessionPlatform.Contracts.Funnels.V1.GetFunnelReportRequest.Types.Touch;

namespace SessionPlatform.Cli.Parsing;

/// <summary>Options of <c>sp funnel NAME</c>; most of them turn the counts into a report.</summary>
internal sealed class FunnelOptions
{
    private readonly SegmentOptions segment = new(hasPeriod: false);
    private readonly Option<string> from = End(
        "--from",
        "at or after this time: RFC 3339, or a date: its midnight in UTC, in a report in the site's time zone.");

    private readonly Option<string> to = End(
        "--to", "before this time: RFC 3339, or a date, which is included as a whole day, as of --from.");

    private readonly Option<string> file = new("--file")
    {
        HelpName = "DEF.json",
        Description =
            "No saved funnel, but this FunnelDefinition in proto3 JSON, see docs/funnels.md; - reads standard input.",
    };

    private readonly Option<Dimension.Types.Name> breakdown = ParsedOptions.Word(
        "--by",
        "DIMENSION",
        "Also by the values of a dimension that has one in a session, e.g. channel.",
        ReportWords.Dimensions);

    private readonly Option<Touch> touch = ParsedOptions.Word(
        "--touch",
        "TOUCH",
        $"Values of --by in the session of the first step, or of the last one reached: {ReportWords.Touches.All}.",
        ReportWords.Touches);

    private readonly Option<int> limit =
        ParsedOptions.Number("--limit", "Values of --by, default 10; or of a list, default 100.");

    private readonly Option<Bucket> trend = ParsedOptions.Word(
        "--trend", "BUCKET", "Also by the begin of the attempt: hour, day, week, month.", ReportWords.Buckets);

    private readonly Option<int> bins =
        ParsedOptions.Number("--bins", "A histogram of the time to convert, of so many bins.");

    private readonly Option<bool> report = new("--report")
    {
        Description = "The whole report, where no other option asks for it.",
    };

    private readonly Option<int> reached = ParsedOptions.Number("--reached", "Who reached this step.");
    private readonly Option<int> dropped =
        ParsedOptions.Number("--dropped", "Who reached this step and no further, and where they went.");

    private readonly Option<string> page = new("--page")
    {
        HelpName = "TOKEN", Description = "The next page of such a list.",
    };

    private readonly Option<string> explain = new("--explain")
    {
        HelpName = "VISITOR", Description = "Event by event, why steps of this visitor counted or did not.",
    };

    private Option[] OfReports =>
        [file, breakdown, touch, limit, trend, bins, report, reached, dropped, explain];

    public void AddTo(Command command)
    {
        segment.AddTo(command);
        command.Add(from);
        command.Add(to);
        foreach (var option in OfReports)
            command.Add(option);
        command.Add(page);
    }

    public string Site(ParseResult parsed) => segment.Site(parsed);

    /// <summary>Returns the path of the definition; null when the funnel is a stored one.</summary>
    public string? File(ParseResult parsed) => parsed.GetValue(file);

    /// <summary>Returns whether no definition file is given; for use during validation.</summary>
    public bool HasNoFile(CommandResult command) => command.GetResult(file) is null;

    /// <summary>Returns the actor to explain; null when no explanation is requested.</summary>
    public string? Explained(ParseResult parsed) => parsed.GetValue(explain);

    /// <summary>Returns whether a report is requested; false when only the counts are.</summary>
    public bool IsReport(ParseResult parsed)
    {
        var filtered = segment.Segment(parsed);
        return filtered.Filters.Count > 0 || filtered.IncludeBots || filtered.Unit != Unit.Unspecified
            || Array.Exists(OfReports, option => parsed.GetResult(option) is { Implicit: false });
    }

    /// <summary>Returns the range of the counts, with dates as days in UTC; null for all time.</summary>
    public TimeRange? Range(ParseResult parsed)
    {
        var range = new TimeRange { From = Time(parsed.GetValue(from), 0), To = Time(parsed.GetValue(to), 1) };
        return range.From is null && range.To is null ? null : range;
    }

    /// <summary>Returns the request without its funnel.</summary>
    public GetFunnelReportRequest Request(ParseResult parsed) => new()
    {
        SiteId = Site(parsed),
        Period = Period(parsed),
        Segment = segment.Segment(parsed),
        Breakdown = parsed.GetValue(breakdown),
        Touch = parsed.GetValue(touch),
        Limit = Actors(parsed) is null ? parsed.GetValue(limit) : 0,
        Trend = parsed.GetValue(trend),
        Bins = parsed.GetValue(bins),
    };

    /// <summary>Returns the request for a list of actors; null when none is requested.</summary>
    public ListFunnelActorsRequest? Actors(ParseResult parsed)
    {
        var (all, last) = (parsed.GetValue(reached), parsed.GetValue(dropped));
        return all == 0 && last == 0
            ? null
            : new ListFunnelActorsRequest
            {
                Step = last > 0 ? last : all,
                Dropped = last > 0,
                PageSize = parsed.GetValue(limit),
                PageToken = parsed.GetValue(page) ?? "",
            };
    }

    private Period? Period(ParseResult parsed)
    {
        var (first, last) = (parsed.GetValue(from), parsed.GetValue(to));
        if (first is null && last is null)
            return null;
        return IsDate(first) && IsDate(last)
            ? new Period { Days = new DayRange { From = first ?? "", To = last ?? "" } }
            : new Period { Range = Range(parsed) };
    }

    private static bool IsDate(string? text) => text is null || Times.ParseDate(text) is not null;

    private static Timestamp? Time(string? text, int daysAfterDate) =>
        text is null ? null : Times.Parse(text, daysAfterDate)!.Value.ToTimestamp();

    private static Option<string> End(string name, string when)
    {
        var option = new Option<string>(name) { HelpName = "TIME", Description = $"Only what began {when}" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && Times.Parse(text, 1) is null)
                result.AddError($"'{text}' is no time: write {name} as 2026-03-01 or 2026-03-01T12:30:00Z.");
        });
        return option;
    }
}
