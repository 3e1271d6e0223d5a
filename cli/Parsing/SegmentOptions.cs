using System.CommandLine;
using System.CommandLine.Parsing;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Cli.Parsing;

/// <summary>Options of all reports that select the sessions.</summary>
internal sealed class SegmentOptions
{
    private const string Times = "a date, as a whole day of the site, or an RFC 3339 time";

    private readonly Option<string> site = CommonOptions.Site();
    private readonly Option<string> from = End("--from", $"Sessions that began from here on: {Times}.");
    private readonly Option<string> to = End("--to", $"Sessions that began up to here: {Times}, which is excluded.");
    private readonly Option<Filter[]> filters = ParsedOptions.Many<Filter>(
        "--filter",
        "FILTER",
        $"""
        Only sessions of which this holds; several must all hold. {Filters.Grammar}, as 'country is CH,DE',
        'path matches ^/p/', 'campaign any', 'campaign none'. Operators: {ReportWords.Operators.All}, none.
        """,
        Filters.Parse);

    private readonly Option<bool> bots = new("--bots") { Description = "Sessions of bots, too." };
    private readonly Option<Unit> unit = ParsedOptions.Word(
        "--unit",
        "UNIT",
        "Whom distinct counts count: visitor; or user, all visitors of one user being one. Default visitor.",
        ReportWords.Units);

    private readonly bool hasPeriod;

    /// <param name="hasPeriod">Whether the report covers a period; false for reports about the present.</param>
    public SegmentOptions(bool hasPeriod = true) => this.hasPeriod = hasPeriod;

    public void AddTo(Command command)
    {
        command.Add(site);
        if (hasPeriod)
        {
            command.Add(from);
            command.Add(to);
            command.Validators.Add(Validate);
        }

        command.Add(filters);
        command.Add(bots);
        command.Add(unit);
    }

    public string Site(ParseResult parsed) => parsed.GetRequiredValue(site);

    public Segment Segment(ParseResult parsed) =>
        new()
        {
            Filters = { parsed.GetValue(filters) },
            IncludeBots = parsed.GetValue(bots),
            Unit = parsed.GetValue(unit),
        };

    /// <summary>Returns the period; null for all time.</summary>
    public Period? Period(ParseResult parsed)
    {
        var (first, last) = (parsed.GetValue(from), parsed.GetValue(to));
        if (first is null && last is null)
            return null;
        return IsDate(first ?? last!)
            ? new Period { Days = new DayRange { From = first ?? "", To = last ?? "" } }
            : new Period { Range = new TimeRange { From = Time(first), To = Time(last) } };
    }

    private static Option<string> End(string name, string description)
    {
        var option = new Option<string>(name) { HelpName = "TIME", Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && Parsing.Times.Parse(text) is null)
                result.AddError($"'{text}' is no time: write {name} as 2026-03-01 or 2026-03-01T12:30:00Z.");
        });
        return option;
    }

    private void Validate(CommandResult command)
    {
        var (first, last) = (command.GetResult(from), command.GetResult(to));
        if (first?.Tokens is [{ Value: var one }] && last?.Tokens is [{ Value: var other }]
            && IsDate(one) != IsDate(other))
            command.AddError("Give --from and --to both as dates or both as times: days are those of the site's zone.");
    }

    private static bool IsDate(string text) => Parsing.Times.ParseDate(text) is not null;

    private static Timestamp? Time(string? text) =>
        text is null ? null : Parsing.Times.Parse(text)!.Value.ToTimestamp();
}
