using System.Globalization;
using System.Runtime.CompilerServices;
using Grpc.Core;
using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sites.V1;
using Spectre.Console;

namespace SessionPlatform.Cli.Reports;

/// <summary>Shows a report and updates it until it is cancelled.</summary>
internal static class LiveView
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(
        CliContext context, string siteId, GetReportRequest request, bool asJson, CancellationToken cancellationToken)
    {
        var states = StatesAsync(context, siteId, request, cancellationToken);
        if (context.Environment.OutputIsTerminal && !asJson)
        {
            await context.Output.Live(new Text("Waiting for the first answer")).StartAsync(async live =>
            {
                await foreach (var state in states)
                {
                    var time = new Text($"{Now(context)}, Ctrl-C ends");
                    live.UpdateTarget(new Rows(ReportView.Of(request, state), time));
                }
            });
            return ExitCodes.Done;
        }

        await foreach (var state in states)
        {
            await context.Environment.Output.WriteLineAsync(
                asJson ? Json.Of(state) : $"{Now(context)}  {ReportLine.Of(state)}");
            await context.Environment.Output.FlushAsync(cancellationToken);
        }

        return ExitCodes.Done;
    }

    /// <summary>
    /// Yields each state that differs from the previous one. After the first state, the stream is opened again whenever
    /// the server becomes unavailable.
    /// </summary>
    private static async IAsyncEnumerable<GetReportResponse> StatesAsync(
        CliContext context,
        string siteId,
        GetReportRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        GetReportResponse? shown = null;
        while (true)
        {
            var options = context.CallFor(siteId, Key.Types.Scope.Read, cancellationToken, Timeout.InfiniteTimeSpan);
            using var call = context.Query.Watch(new WatchRequest { Report = request }, options);
            while (await NextAsync(call.ResponseStream, hasAnswered: shown is not null, cancellationToken) is { } state)
            {
                if (state.Equals(shown))
                    continue;
                yield return shown = state;
            }

            await Task.Delay(Pause, context.Environment.Time, cancellationToken);
        }
    }

    /// <summary>Returns the next state; null when the stream has ended, or broke after the first answer.</summary>
    private static async Task<GetReportResponse?> NextAsync(
        IAsyncStreamReader<WatchResponse> answers, bool hasAnswered, CancellationToken cancellationToken)
    {
        try
        {
            return await answers.MoveNext(cancellationToken) ? answers.Current.Report : null;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable && hasAnswered)
        {
            return null;
        }
    }

    private static string Now(CliContext context) =>
        context.Environment.Time.GetUtcNow().ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
