using System.CommandLine;
using Grpc.Core;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Query.V1;
using Spectre.Console;

namespace SessionPlatform.Cli.Commands;

/// <summary>
/// <c>sp wait</c>: waits until all events acknowledged so far are in the sessions and in the reports.
/// </summary>
internal static class WaitCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public static Command Create(CommandHost host)
    {
        var closed = new Option<bool>("--closed")
        {
            Description = "Also wait until every session whose time is over is closed.",
        };
        var timeout = CommonOptions.Duration("--timeout", "Give up after this long; default 10m.");
        var command = new Command(
            "wait", "Wait until everything acknowledged so far is sessionized and applied by the Funnel.")
        {
            closed,
            timeout,
        };
        host.OnRun(command, (context, parsed, cancellationToken) => RunAsync(
            context, parsed.GetValue(closed), parsed.GetValue(timeout) ?? DefaultTimeout, cancellationToken));
        return command;
    }

    /// <summary>Waits and shows progress on a terminal; throws unless everything is processed.</summary>
    public static async Task<int> RunAsync(
        CliContext context, bool closed, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var call = context.CallAsPlatform(cancellationToken, timeout);
        var phase = context.ShowProgress
            ? await context.Progress.Status().StartAsync("Waiting", status =>
                WaitAsync(context, closed, call, answer => status.Status(Describe(answer))))
            : await WaitAsync(context, closed, call, _ => { });
        return phase == WaitResponse.Types.Phase.Done
            ? ExitCodes.Done
            : throw new CliException("The server ended the wait before all was done. Run ./sp wait again.");
    }

    private static async Task<WaitResponse.Types.Phase> WaitAsync(
        CliContext context, bool closed, CallOptions options, Action<WaitResponse> report)
    {
        var hasAnswered = false;
        while (true)
        {
            try
            {
                using var call = context.Query.Wait(new WaitRequest { Closed = closed }, options);
                return await ReadAsync(
                    call.ResponseStream,
                    answer =>
                    {
                        hasAnswered = true;
                        report(answer);
                    },
                    options.CancellationToken);
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable && hasAnswered)
            {
                // Query is restarting. The deadline, which all attempts share, ends the retries.
                await Task.Delay(Pause, context.Environment.Time, options.CancellationToken);
            }
        }
    }

    private static async Task<WaitResponse.Types.Phase> ReadAsync(
        IAsyncStreamReader<WaitResponse> answers, Action<WaitResponse> report, CancellationToken cancellationToken)
    {
        var phase = WaitResponse.Types.Phase.Unspecified;
        while (await answers.MoveNext(cancellationToken))
        {
            phase = answers.Current.Phase;
            report(answers.Current);
        }

        return phase;
    }

    private static string Describe(WaitResponse answer)
    {
        var what = answer.Phase switch
        {
            WaitResponse.Types.Phase.Sessionizing => "Events are being sessionized",
            WaitResponse.Types.Phase.Publishing => "Session changes are being published",
            WaitResponse.Types.Phase.Applying => "The Funnel is applying them",
            WaitResponse.Types.Phase.Closing => "Sessions are being closed",
            _ => "Done",
        };
        return answer.Remaining > 0 ? $"{what}, {answer.Remaining} to go" : what;
    }
}
