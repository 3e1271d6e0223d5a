using System.CommandLine;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using SessionPlatform.Cli.Replay;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Cli.Simulate;

/// <summary><c>sp simulate</c>: simulates traffic of a shop and sends it to a site or writes it to a file.</summary>
internal static class SimulateCommand
{
    public static Command Create(CommandHost host)
    {
        var options = new SimulateOptions();
        var command = new Command(
            "simulate", "Invent the traffic of a shop: the same seed and options give the same events, byte for byte.");
        options.AddTo(command);
        host.OnRun(command, (context, parsed, cancellationToken) =>
        {
            var simulation = options.Read(parsed, context.Environment.Time);
            return parsed.GetValue(options.Output) is { } file
                ? WriteAsync(context, simulation, file, cancellationToken)
                : SendAsync(context, simulation, parsed.GetValue(options.Json), cancellationToken);
        });
        return command;
    }

    private static async Task<int> WriteAsync(
        CliContext context, SimulationOptions options, string file, CancellationToken cancellationToken)
    {
        var visits = VisitPlan.Draw(options);
        var lines = 0L;
        await using var stream = file == "-" ? Console.OpenStandardOutput() : File.Create(file);
        await using (var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\n" })
        {
            foreach (var each in Arrivals.Of(visits, options))
            {
                lines++;
                await writer.WriteLineAsync(JsonFormatter.Default.Format(each).AsMemory(), cancellationToken);
            }
        }

        if (file != "-")
        {
            await context.Environment.Output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{lines:N0} lines, {visits.Count:N0} sessions: {file}"));
        }

        return ExitCodes.Done;
    }

    public static async Task<int> SendAsync(
        CliContext context, SimulationOptions options, bool asJson, CancellationToken cancellationToken)
    {
        var visits = VisitPlan.Draw(options);
        using var sender = ReplayCommand.SenderFor(context, options.SiteId);
        var started = context.Environment.Time.GetTimestamp();
        var told = 0L;
        await SendProgress.ShowAsync(
            context, "Simulating", sender.Report, () => null,
            () => sender.SendAsync(
                EventBatch.CutAsync(Numbered(Arrivals.Of(visits, options)), ReplayCommand.AnyAge, cancellationToken),
                cancellationToken));
        var summary = SendSummary.Of(sender.Report, source: null, context.Environment.Time.GetElapsedTime(started));
        await summary.WriteAsync(context.Environment.Output, asJson);
        return ExitCodes.Done;

        async IAsyncEnumerable<NumberedEvent> Numbered(IEnumerable<Event> events)
        {
            // Generating events is CPU-bound, so it runs on another thread.
            await Task.Yield();
            foreach (var each in events)
                yield return new NumberedEvent(++told, each);
        }
    }
}
