using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Replay;

/// <summary><c>sp replay FILE</c>: sends the events of a file and waits for every acknowledgement.</summary>
internal static class ReplayCommand
{
    /// <summary>The default maximum age of events, longer than any log is old: a hundred years.</summary>
    public static readonly Duration AnyAge = Duration.FromTimeSpan(TimeSpan.FromDays(36_500));

    public static Command Create(CommandHost host)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "A web server's log or JSON lines; .gz files are unpacked; - reads standard input.",
        };
        var site = CommonOptions.Site();
        var format = Format();
        var anyAge = new Option<bool>("--any-age") { Description = "History: no event is too old." };
        var json = CommonOptions.Json();
        var command = new Command("replay", "Send recorded events, or the page views of a web server's log, to a site.")
        {
            file, site, format, anyAge, json,
        };
        host.OnRun(command, (context, parsed, cancellationToken) => RunAsync(
            context,
            parsed.GetRequiredValue(file),
            parsed.GetRequiredValue(site),
            parsed.GetValue(format),
            parsed.GetValue(anyAge) ? AnyAge : null,
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CliContext context, string path, string siteId, ReplayFormat? givenFormat, Duration? maxEventAge, bool asJson,
        CancellationToken cancellationToken)
    {
        await using var lines = LineSource.Open(path);
        var format = givenFormat ?? FormatOf(path);
        ILineParser parser = format == ReplayFormat.JsonLines ? new JsonLineParser(siteId) : new LogLineParser(siteId);
        var source = new ReplaySource(lines, parser);
        using var sender = SenderFor(context, siteId);
        var started = context.Environment.Time.GetTimestamp();
        await SendProgress.ShowAsync(
            context,
            "Replaying",
            sender.Report,
            () => lines.Length is { } length ? (double)lines.Position / length : null,
            () => sender.SendAsync(
                EventBatch.CutAsync(source.ReadAsync(cancellationToken), maxEventAge, cancellationToken),
                cancellationToken));

        if (source is { Readable: 0, Skipped: 0, Examples: [var first, ..] })
        {
            throw new CliException(
                $"No line of {path} can be read, e.g. line {first.Line}: {first.Problem}. Is --format right?");
        }

        var summary = SendSummary.Of(sender.Report, source, context.Environment.Time.GetElapsedTime(started));
        await summary.WriteAsync(context.Environment.Output, asJson);
        if (summary is { Accepted: 0, Rejected: > 0 })
        {
            var isOld = summary.Rejects.Any(group => group.Reason == "TOO_OLD");
            throw new CliException(
                $"Not one event was accepted; the reasons are above.{(isOld ? " --any-age takes old history." : "")}");
        }

        return ExitCodes.Done;
    }

    /// <summary>Sends the batches with the site's ingest key and writes the summary.</summary>
    public static EventSender SenderFor(CliContext context, string siteId) => new(
        context.Ingestion,
        token => context.CallFor(siteId, Key.Types.Scope.Ingest, token, Timeout.InfiniteTimeSpan),
        context.Environment.Time);

    private static Option<ReplayFormat?> Format() => new("--format")
    {
        HelpName = "jsonl|clf",
        Description = "JSON lines of Event, or a log in common or combined format. Without it: by the file's name.",
        CustomParser = result =>
        {
            switch (result.Tokens.Single().Value)
            {
                case "jsonl":
                    return ReplayFormat.JsonLines;
                case "clf":
                    return ReplayFormat.CommonLog;
                case var other:
                    result.AddError($"There is no format '{other}': give --format jsonl or --format clf.");
                    return null;
            }
        },
    };

    private static ReplayFormat FormatOf(string path)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".jsonl" or ".ndjson" or ".json" => ReplayFormat.JsonLines,
            ".log" or ".clf" => ReplayFormat.CommonLog,
            _ => throw new CliException(
                $"The name of {path} does not tell its format: give --format jsonl or --format clf."),
        };
    }
}
