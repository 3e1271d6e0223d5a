using System.CommandLine;
using System.Globalization;
using SessionPlatform.Cli.Parsing;

namespace SessionPlatform.Cli.Simulate;

/// <summary>The command line of <c>sp simulate</c>.</summary>
internal sealed class SimulateOptions
{
    private const int DefaultVisitors = 1000;

    // With the day that may have passed since midnight, all events are younger than the 7 days that sites accept.
    private const int DefaultDays = 5;
    private const int MaxDays = 3650;

    private readonly Option<string> site = CommonOptions.Site();
    private readonly Option<int?> visitors = Count("--visitors", $"So many visitors; default {DefaultVisitors}.");
    private readonly Option<int?> sessions = Count("--sessions", "So many sessions.");
    private readonly Option<int?> events = Count("--events", "So many events; those sent twice count once.");
    private readonly Option<int?> days = Count("--days", $"Over so many days; default {DefaultDays}.", "D", MaxDays);
    private readonly Option<DateTimeOffset?> until = NewUntil();
    private readonly Option<double> late = Percent("--late-percent", "Share of events that arrive late.", 3);
    private readonly Option<double> repeated = Percent("--repeat-percent", "Share of events that are sent twice.", 2);

    private readonly Option<ulong> seed = new("--seed")
    {
        HelpName = "X",
        Description = "Equal seeds give equal events.",
        DefaultValueFactory = _ => 1,
    };

    /// <summary>The file to write to instead of sending; null to send the events.</summary>
    public Option<string?> Output { get; } = new("--out")
    {
        HelpName = "FILE.jsonl",
        Description = "Write JSON lines for sp replay and send nothing; - writes to standard output.",
    };

    public Option<bool> Json { get; } = CommonOptions.Json();

    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
            { site, visitors, sessions, events, days, until, seed, late, repeated, Output, Json })
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (new[] { visitors, sessions, events }.Count(each => result.GetResult(each) is not null) > 1)
                result.AddError("Give one of --visitors, --sessions and --events.");
        });
    }

    public SimulationOptions Read(ParseResult parsed, TimeProvider time)
    {
        var size = parsed.GetValue(sessions) is { } sessionCount ? new(SimulationUnit.Sessions, sessionCount)
            : parsed.GetValue(events) is { } eventCount ? new(SimulationUnit.Events, eventCount)
            : new SimulationSize(SimulationUnit.Visitors, parsed.GetValue(visitors) ?? DefaultVisitors);
        var end = parsed.GetValue(until) ?? new DateTimeOffset(time.GetUtcNow().Date, TimeSpan.Zero);
        return new SimulationOptions(
            parsed.GetRequiredValue(site),
            parsed.GetValue(seed),
            size,
            parsed.GetValue(days) ?? DefaultDays,
            (end - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
            parsed.GetValue(late) / 100,
            parsed.GetValue(repeated) / 100);
    }

    private static Option<int?> Count(
        string name, string description, string placeholder = "N", int most = int.MaxValue)
    {
        var option = new Option<int?>(name) { HelpName = placeholder, Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && !(int.TryParse(token.Value, out var count) && count > 0 && count <= most))
                result.AddError($"Give {name} as a number from 1 to {most}.");
        });
        return option;
    }

    private static Option<double> Percent(string name, string description, double byDefault)
    {
        var option = new Option<double>(name)
        {
            HelpName = "P",
            Description = description,
            DefaultValueFactory = _ => byDefault,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !IsPercentage(token.Value))
                result.AddError($"Give {name} as a number from 0 to 100.");
        });
        return option;
    }

    private static bool IsPercentage(string text) => double.TryParse(
        text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent <= 100;

    private static Option<DateTimeOffset?> NewUntil() => new("--until")
    {
        HelpName = "TIME",
        Description = "All happens before this time, RFC 3339 or a date; default the last midnight, UTC.",
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
                return time;
            result.AddError($"'{text}' is not a time: write --until 2026-03-01 or 2026-03-01T12:00:00Z.");
            return null;
        },
    };
}
