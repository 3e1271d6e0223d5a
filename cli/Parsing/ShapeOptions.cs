using System.CommandLine;
using System.Globalization;
using SessionPlatform.Contracts.Journeys.V1;

namespace SessionPlatform.Cli.Parsing;

/// <summary>Options that define how page views become the steps of a path.</summary>
internal sealed class ShapeOptions
{
    private const string Pattern = "* within a segment, ** across";

    private readonly Option<PathRule[]> rules = ParsedOptions.Many<PathRule>(
        "--rule",
        "RULE",
        $"Give pages one name: {PathRules.Grammar}, as '/p/*=Product'; {Pattern}. The first that matches counts.",
        PathRules.Parse);

    private readonly Option<bool> keepRepeats =
        new("--keep-repeats") { Description = "Views of one page in a row stay steps of their own." };

    private readonly Option<string> startsAt = Page("--starts-at", "Paths from the first view of such a page on.");
    private readonly Option<string> endsAt = Page("--ends-at", "Paths up to the last view of such a page.");
    private readonly Option<string> passes = Page("--passes", "Only sessions that view such a page.");
    private readonly Option<string> before = Stage("--before", "Paths up to where this stage of a funnel is reached.");
    private readonly Option<string> after = Stage("--after", "Paths from where this stage of a funnel is reached.");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { rules, keepRepeats, startsAt, endsAt, passes, before, after })
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(before) is not null && result.GetResult(after) is not null)
                result.AddError("Give --before or --after, not both.");
        });
    }

    public PathShape Read(ParseResult parsed) => new()
    {
        Rules = { parsed.GetValue(rules) },
        KeepRepeats = parsed.GetValue(keepRepeats),
        StartsAt = parsed.GetValue(startsAt) ?? "",
        EndsAt = parsed.GetValue(endsAt) ?? "",
        Passes = parsed.GetValue(passes) ?? "",
        Funnel = Point(parsed.GetValue(before), FunnelPoint.Types.Side.Before)
            ?? Point(parsed.GetValue(after), FunnelPoint.Types.Side.After),
    };

    private static Option<string> Page(string name, string description) =>
        new(name) { HelpName = "PAGE", Description = $"{description} {Pattern}." };

    private static Option<string> Stage(string name, string description)
    {
        var option = new Option<string>(name)
        {
            HelpName = "FUNNEL:STAGE",
            Description = $"{description} As ecommerce:3; stages count from 1.",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && Point(text, default) is null)
                result.AddError($"'{text}' is no stage of a funnel: write {name} as ecommerce:3.");
        });
        return option;
    }

    private static FunnelPoint? Point(string? text, FunnelPoint.Types.Side side)
    {
        var colon = text?.LastIndexOf(':') ?? -1;
        return colon > 0
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var stage)
            ? new FunnelPoint { Funnel = text![..colon], Stage = stage, Side = side }
            : null;
    }
}
