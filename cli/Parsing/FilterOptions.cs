using System.CommandLine;
using SessionPlatform.Contracts.Sessions.V1;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace SessionPlatform.Cli.Parsing;

/// <summary>Options that select sessions; a session must satisfy all of them.</summary>
internal sealed class FilterOptions
{
    private readonly List<(Option Option, Action<SessionFilter, ParseResult> Apply)> filters = [];

    public FilterOptions()
    {
        Text("--visitor", "VISITOR", "This visitor's.", (filter, value) => filter.VisitorId = value);
        Text("--user", "USER", "This user's.", (filter, value) => filter.UserId = value);
        Text("--entry-page", "PATH", "With this first page.", (filter, value) => filter.EntryPage = value);
        Text("--exit-page", "PATH", "With this last page.", (filter, value) => filter.ExitPage = value);
        Text("--channel", "CHANNEL", "From this channel, e.g. Direct.", (filter, value) => filter.Channel = value);
        Text("--utm-source", "SOURCE", "With this UTM source.", (filter, value) => filter.UtmSource = value);
        Text("--utm-campaign", "NAME", "With this UTM campaign.", (filter, value) => filter.UtmCampaign = value);
        Text("--referrer-host", "HOST", "From this host.", (filter, value) => filter.ReferrerHost = value);
        Flag("--converted", "With a conversion.", (filter, value) => filter.Converted = value);
        Flag("--bounced", "With one page view and no conversion.", (filter, value) => filter.Bounced = value);
        Flag("--engaged", "Engaged.", (filter, value) => filter.Engaged = value);
        Flag("--new", "The visitor's first.", (filter, value) => filter.IsNew = value);
        Flag("--closed", "Closed.", (filter, value) => filter.Closed = value);
        StartReason();
        Add(
            new Option<int?>("--min-page-views")
            {
                HelpName = "N", Description = "With at least this many page views.",
            },
            (filter, value) => filter.MinPageViews = value!.Value);
        (From, To) = (CommonOptions.From(), CommonOptions.To());
    }

    private Option<Timestamp?> From { get; }

    private Option<Timestamp?> To { get; }

    public void AddTo(Command command)
    {
        command.Add(From);
        command.Add(To);
        foreach (var (option, _) in filters)
            command.Add(option);
    }

    public SessionFilter Read(ParseResult parsed)
    {
        var filter = new SessionFilter { Range = CommonOptions.Range(parsed, From, To) };
        foreach (var (option, apply) in filters)
        {
            if (parsed.GetResult(option) is { Implicit: false })
                apply(filter, parsed);
        }

        return filter;
    }

    private void Add<T>(Option<T> option, Action<SessionFilter, T> apply) =>
        filters.Add((option, (filter, parsed) => apply(filter, parsed.GetValue(option)!)));

    private void Text(string name, string placeholder, string description, Action<SessionFilter, string> apply) =>
        Add(new Option<string>(name) { HelpName = placeholder, Description = description }, apply);

    private void Flag(string name, string description, Action<SessionFilter, bool> apply) => Add(
        new Option<bool>(name)
        {
            HelpName = "true|false",
            Description = $"{description} With false: the others.",
            Arity = ArgumentArity.ZeroOrOne,
        },
        apply);

    private void StartReason()
    {
        var names = Enum.GetValues<Session.Types.BoundaryReason>()
            .Where(reason => reason != Session.Types.BoundaryReason.Unspecified)
            .ToDictionary(Words.Of);
        var option = new Option<string>("--start-reason")
        {
            HelpName = "REASON",
            Description = "That began for this reason, e.g. inactivity.",
        };
        option.AcceptOnlyFromAmong([.. names.Keys]);
        Add(option, (filter, value) => filter.StartReason = names[value]);
    }
}
