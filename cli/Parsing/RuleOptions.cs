using System.CommandLine;
using System.CommandLine.Parsing;
using Google.Protobuf.Collections;
using SessionPlatform.Contracts.Sites.V1;
using ProtoDuration = Google.Protobuf.WellKnownTypes.Duration;

namespace SessionPlatform.Cli.Parsing;

/// <summary>The rules of a site as options. Rules that are not given stay unchanged.</summary>
internal sealed class RuleOptions
{
    private readonly List<(Option Option, Action<SiteRules, ParseResult> Apply)> rules = [];

    public RuleOptions()
    {
        SessionKey();
        Duration("--timeout", "Longest pause within a session; default 30m.", (rules, value) => rules.Timeout = value);
        Duration(
            "--max-duration", "Longest session; default 24h.", (rules, value) => rules.MaxDuration = value);
        Campaign();
        Switch(
            "--explicit-boundaries", "session_start and session_end events cut sessions; default on.",
            (rules, value) => rules.ExplicitBoundaries = value);
        Switch(
            "--session-key-boundaries", "Another client session key starts a session; default on.",
            (rules, value) => rules.SessionKeyBoundaries = value);
        Switch(
            "--referrer-boundaries", "Another external referrer starts a session; default on.",
            (rules, value) => rules.ReferrerBoundaries = value);
        Switch(
            "--midnight", "Another date in the site's time zone starts a session; default off.",
            (rules, value) => rules.Midnight = value);
        List("--domain", "HOST", "A host of the site's own.", rules => rules.Domains);
        List(
            "--ignored-referrer", "HOST", "A host that is never an external referrer.",
            rules => (rules.IgnoredReferrers ??= new HostList()).Hosts);
        List("--keep-query", "KEY", "A query key that is kept in paths.", rules => rules.KeptQueryKeys);
        Duration(
            "--engaged-duration", "A session this long is engaged; default 10s.",
            (rules, value) => rules.EngagedDuration = value);
        Add(
            new Option<int>("--engaged-page-views")
            {
                HelpName = "N",
                Description = "A session with this many page views is engaged; default 2.",
            },
            (rules, value) => rules.EngagedPageViews = value);
        GoalList();
        ChannelList();
        Duration(
            "--max-event-age", "Oldest event that is accepted; default 7d.",
            (rules, value) => rules.MaxEventAge = value);
        Add(
            new Option<string>("--time-zone")
            {
                HelpName = "TZ",
                Description = "Time zone of the site's days, e.g. Europe/Zurich; default UTC.",
            },
            (rules, value) => rules.TimeZone = value);
        WeekStart();
        Pages("browse", rules => rules.Browse);
        Pages("product", rules => rules.Product);
        Pages("cart", rules => rules.Cart);
        Pages("checkout", rules => rules.Checkout);
        Pages("confirmation", rules => rules.Confirmation);
    }

    public void AddTo(Command command)
    {
        foreach (var (option, _) in rules)
            command.Add(option);
    }

    /// <summary>Returns whether any rule is given.</summary>
    public bool AnyGiven(ParseResult parsed) => AnyGiven(parsed.CommandResult);

    /// <summary>Returns whether any rule is given; for use during validation.</summary>
    public bool AnyGiven(CommandResult command) =>
        rules.Any(rule => command.GetResult(rule.Option) is { Implicit: false });

    /// <summary>Changes the given rules only.</summary>
    public void Apply(SiteRules target, ParseResult parsed)
    {
        foreach (var (option, apply) in rules.Where(rule => IsGiven(parsed, rule.Option)))
            apply(target, parsed);
    }

    private static bool IsGiven(ParseResult parsed, Option option) =>
        parsed.GetResult(option) is { Implicit: false };

    private void Add<T>(Option<T> option, Action<SiteRules, T> apply) =>
        rules.Add((option, (target, parsed) => apply(target, parsed.GetValue(option)!)));

    private void Duration(string name, string description, Action<SiteRules, ProtoDuration> apply) =>
        Add(
            CommonOptions.Duration(name, description),
            (target, value) => apply(target, ProtoDuration.FromTimeSpan(value!.Value)));

    private void Switch(string name, string description, Action<SiteRules, bool> apply) =>
        Add(CommonOptions.Switch(name, description), (target, value) => apply(target, value == "on"));

    // A list is replaced as a whole; a single empty entry clears it.
    private void List(
        string name,
        string placeholder,
        string description,
        Func<SiteRules, RepeatedField<string>> field,
        string empty = "for none") =>
        Add(
            new Option<string[]>(name)
            {
                HelpName = placeholder,
                Description = $"{description} May be given again; '' {empty}.",
            },
            (target, values) =>
            {
                var list = field(target);
                list.Clear();
                list.Add(values.Where(value => value.Length > 0));
            });

    private void Pages(string stage, Func<EcommercePages, RepeatedField<string>> field) => List(
        $"--{stage}-page",
        "GLOB",
        $"Pages of the e-commerce funnel's stage {stage}, where events give no category.",
        rules => field(rules.Ecommerce ??= new EcommercePages()),
        empty: "for the default");

    private void SessionKey()
    {
        var option = new Option<string>("--session-key")
        {
            HelpName = "boundary|authoritative",
            Description = "What the client's session key decides: boundary: another one is a reason to start a session;"
                + " authoritative: the client decides, one key is one session. Default boundary; fixed once the site is"
                + " created.",
        };
        option.AcceptOnlyFromAmong("boundary", "authoritative");
        Add(option, (rules, value) => rules.SessionKey = value == "authoritative"
            ? SiteRules.Types.SessionKeyPolicy.Authoritative
            : SiteRules.Types.SessionKeyPolicy.Boundary);
    }

    private void GoalList() => Add(
        new Option<Goal?[]>("--goal")
        {
            HelpName = "GOAL",
            Description = $"Events that count as conversions: {Goals.Grammar} with the fields kind, name (of the event)"
                + " and path (a glob: * within a segment, ** across), e.g. 'Thanks:path=/thanks**'."
                + " May be given again; '' for none.",
            CustomParser = result =>
                [.. result.Tokens.Select(token => ParseEntry<Goal>(result, token.Value, Goals.Parse))],
        },
        (rules, goals) =>
        {
            rules.Goals.Clear();
            rules.Goals.Add(goals.OfType<Goal>());
        });

    private void ChannelList() => Add(
        new Option<ChannelRule?[]>("--channel")
        {
            HelpName = "RULE",
            Description = $"Channels of the site's own, before GA4's; the first rule that an event meets counts:"
                + $" {ChannelRules.Grammar} with the fields source, medium, campaign, referrer (host), click_id (kind)"
                + " and path (globs: * without a slash, ** with any), e.g. 'Newsletter:source=news*,medium=email'."
                + " May be given again; '' for none.",
            CustomParser = result =>
                [.. result.Tokens.Select(token => ParseEntry<ChannelRule>(result, token.Value, ChannelRules.Parse))],
        },
        (rules, channels) =>
        {
            rules.ChannelRules.Clear();
            rules.ChannelRules.Add(channels.OfType<ChannelRule>());
        });

    private delegate T? Parser<out T>(string text, out string error);

    // Returns null for the empty entry, which only clears the list.
    private static T? ParseEntry<T>(ArgumentResult result, string text, Parser<T> parse)
        where T : class
    {
        if (text.Length == 0)
            return null;
        var entry = parse(text, out var error);
        if (entry is null)
            result.AddError(error);
        return entry;
    }

    private void Campaign()
    {
        var option = new Option<string>("--campaign")
        {
            HelpName = "both-present|any|off",
            Description = "When another campaign starts a session; default both-present.",
        };
        option.AcceptOnlyFromAmong("both-present", "any", "off");
        Add(option, (rules, value) => rules.Campaign = value switch
        {
            "any" => SiteRules.Types.CampaignPolicy.Any,
            "off" => SiteRules.Types.CampaignPolicy.Off,
            _ => SiteRules.Types.CampaignPolicy.BothPresent,
        });
    }

    private void WeekStart()
    {
        var option = new Option<string>("--week-start")
        {
            HelpName = "monday|saturday|sunday",
            Description = "First day of the site's weeks; default monday.",
        };
        option.AcceptOnlyFromAmong("monday", "saturday", "sunday");
        Add(option, (rules, value) => rules.WeekStart = value switch
        {
            "saturday" => SiteRules.Types.Weekday.Saturday,
            "sunday" => SiteRules.Types.Weekday.Sunday,
            _ => SiteRules.Types.Weekday.Monday,
        });
    }
}
