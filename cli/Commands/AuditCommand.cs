using System.CommandLine;
using Grpc.Core;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Jobs.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp audit</c>: checks the stored data against a recomputation, and repairs it on request.</summary>
internal static class AuditCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromHours(1);

    // Errors of all commands are 1; a line on standard error and the missing summary mark them.
    private const string About =
        "Prove what is stored by the events, difference by difference. Exit code: 0 with 0 differences; 1 with any,"
        + " mended ones too, and after an error, which is told on standard error in place of the summary.";

    public static Command Create(CommandHost host)
    {
        var site = CommonOptions.Site();
        var from = CommonOptions.From("Only sessions that began");
        var to = CommonOptions.To("Only sessions that began");
        var repair = new Option<bool>("--repair")
        {
            Description = "Also mend what differs: compute it anew from the events. Work may go on meanwhile; run it"
                + " again, and there are 0 differences.",
        };
        var timeout = CommonOptions.Duration("--timeout", "Give up after this long; default 1h.");
        var json = CommonOptions.Json();
        var command = new Command("audit", About) { site, from, to, repair, timeout, json };
        host.OnRun(command, (context, parsed, cancellationToken) =>
        {
            var request = new AuditRequest
            {
                SiteId = parsed.GetRequiredValue(site),
                Range = CommonOptions.Range(parsed, from, to),
                Repair = parsed.GetValue(repair),
            };
            var call = context.CallAsOwnerOf(
                request.SiteId, cancellationToken, parsed.GetValue(timeout) ?? DefaultTimeout);
            return RunAsync(context, request, call, parsed.GetValue(json));
        });
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, AuditRequest request, CallOptions options, bool asJson)
    {
        var report = new AuditReport(context.Environment.Output, asJson, request.Repair);
        var summary = await ReadAsync(context, request, options, report)
            ?? throw new CliException("The audit ended before it was done. Run ./sp audit again.");
        await report.EndAsync(summary);
        return summary.Differences == 0 && report.Differences == 0 ? ExitCodes.Done : ExitCodes.Differences;
    }

    // Returns null when the stream ended without a summary, so that nothing has been verified.
    private static async Task<AuditSummary?> ReadAsync(
        CliContext context, AuditRequest request, CallOptions options, AuditReport report)
    {
        using var status = new StatusLine(context);
        using var call = context.Jobs.Audit(request, options);
        AuditSummary? summary = null;
        while (await call.ResponseStream.MoveNext(options.CancellationToken))
        {
            var answer = call.ResponseStream.Current;
            switch (answer.MessageCase)
            {
                case AuditResponse.MessageOneofCase.Progress:
                    status.Show(Describe(answer.Progress.Phase), answer.Progress.Done, answer.Progress.Total);
                    break;
                case AuditResponse.MessageOneofCase.Difference:
                    status.Clear();
                    await report.WriteAsync(answer.Difference);
                    break;
                case AuditResponse.MessageOneofCase.Summary:
                    summary = answer.Summary;
                    break;
                default:
                    // A newer server sent something that this version cannot show.
                    break;
            }
        }

        return summary;
    }

    private static string Describe(AuditProgress.Types.Phase phase) => phase switch
    {
        AuditProgress.Types.Phase.Waiting => "Waiting until what was acknowledged is applied",
        AuditProgress.Types.Phase.Sessions => "Sessions against events",
        AuditProgress.Types.Phase.Documents => "Documents against sessions",
        AuditProgress.Types.Phase.Aggregates => "Aggregates against documents",
        _ => "Auditing",
    };
}
