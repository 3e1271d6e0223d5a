using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Jobs.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp site reprocess</c>: shows the progress of the recomputation of a site's history.</summary>
internal static class ReprocessCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    // A service that restarts resumes the work; one that is unavailable for longer is an error.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // One service changes the rules and another reports the progress.
    private static readonly TimeSpan TimeToBegin = TimeSpan.FromSeconds(10);

    public static Command Create(CommandHost host)
    {
        var id = SiteCommand.Id();
        var wait = new Option<bool>("--wait")
        {
            Description = "Wait until it is done. Ctrl-C ends the waiting only.",
        };
        var json = CommonOptions.Json();
        var command = new Command(
            "reprocess",
            "How far the recomputation of a site's history is, or the latest one."
            + " Start one: ./sp site rules ID --reprocess")
        {
            id, wait, json,
        };
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var siteId = parsed.GetRequiredValue(id);
            var reprocess = parsed.GetValue(wait)
                ? await FollowAsync(context, siteId, 0, cancellationToken)
                : await GetAsync(context, siteId, cancellationToken);
            if (parsed.GetValue(json))
                await Json.WriteLineAsync(context, new GetReprocessResponse { Reprocess = reprocess });
            else if (reprocess is null)
                await context.Environment.Output.WriteLineAsync(LineOf(null, siteId));
            else
                Write(context, siteId, reprocess);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>
    /// Waits until the recomputation by this version of the rules, or a newer one, is done. Returns null when there is
    /// none because there is nothing to compute.
    /// </summary>
    /// <param name="version">The version of the rules; 0 for the latest.</param>
    public static async Task<Reprocess?> FollowAsync(
        CliContext context, string siteId, int version, CancellationToken cancellationToken)
    {
        using var status = new StatusLine(context);
        try
        {
            return await PollAsync(context, siteId, version, status, cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C ends only the wait; a user may think that it stops the recomputation.
            status.Clear();
            await context.Environment.Error.WriteLineAsync(
                $"The recomputation goes on on the server. See how far it is: ./sp site reprocess {siteId}");
            throw;
        }
    }

    /// <summary>Describes in one line how the recomputation ended.</summary>
    public static string LineOf(Reprocess? reprocess, string siteId) => reprocess is null
        ? $"There is no recomputation of {siteId}."
        : string.Create(
            CultureInfo.InvariantCulture,
            $"Computed anew by rules version {reprocess.RulesVersion:N0}: {reprocess.StreamsDone:N0} streams,")
            + string.Create(
                CultureInfo.InvariantCulture,
                $" {reprocess.SessionsChanged:N0} sessions changed, in {Show.Duration(TimeOf(reprocess))}.");

    private static async Task<Reprocess?> PollAsync(
        CliContext context, string siteId, int version, StatusLine status, CancellationToken cancellationToken)
    {
        var time = context.Environment.Time;
        var (started, answered) = (time.GetTimestamp(), time.GetTimestamp());
        while (true)
        {
            try
            {
                var reprocess = await GetAsync(context, siteId, cancellationToken);
                answered = time.GetTimestamp();
                var isOurs = reprocess is not null && reprocess.RulesVersion >= version;
                if (isOurs && reprocess!.FinishedAt is not null)
                    return reprocess;
                if (!isOurs && (version == 0 || time.GetElapsedTime(started) > TimeToBegin))
                    return null;
                if (isOurs)
                    status.Show("Computing history anew", reprocess!.StreamsDone, reprocess.Streams);
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable
                && !cancellationToken.IsCancellationRequested && time.GetElapsedTime(answered) < Patience)
            {
                status.Show("Computing history anew; a service is away for now");
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private static async Task<Reprocess?> GetAsync(
        CliContext context, string siteId, CancellationToken cancellationToken)
    {
        var answer = await context.Jobs.GetReprocessAsync(
            new GetReprocessRequest { SiteId = siteId }, context.CallAsOwnerOf(siteId, cancellationToken));
        return answer.Reprocess;
    }

    private static void Write(CliContext context, string siteId, Reprocess reprocess)
    {
        var done = reprocess.FinishedAt;
        var table = new DataTable($"History of {siteId}", done is null ? "being computed anew" : "computed anew");
        table.Row("Rules version", Show.Count(reprocess.RulesVersion));
        table.Row(
            "Streams", $"{Show.Count(reprocess.StreamsDone)} of {Show.Count(reprocess.Streams)}{ShareOf(reprocess)}");
        table.Row("Sessions changed", Show.Count(reprocess.SessionsChanged));
        table.Row("Began (UTC)", Show.Time(reprocess.StartedAt));
        table.Row("Done (UTC)", done is null ? "–" : $"{Show.Time(done)}, {Show.Duration(TimeOf(reprocess))}");
        context.Output.Write(table);
    }

    private static string ShareOf(Reprocess reprocess) => reprocess.FinishedAt is null && reprocess.Streams > 0
        ? $", {Show.Percent((double)reprocess.StreamsDone / reprocess.Streams)}"
        : "";

    private static Google.Protobuf.WellKnownTypes.Duration? TimeOf(Reprocess reprocess) =>
        reprocess.FinishedAt is null ? null : reprocess.FinishedAt - reprocess.StartedAt;
}
