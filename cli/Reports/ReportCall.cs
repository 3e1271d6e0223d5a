using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Reports;

/// <summary>Requests a report and writes it.</summary>
internal static class ReportCall
{
    /// <summary>Writes the report as a table, or its own message as one JSON document.</summary>
    public static async Task<int> RunAsync(
        CliContext context, string siteId, GetReportRequest request, bool asJson, CancellationToken cancellationToken)
    {
        var answer = await GetAsync(context, siteId, request, cancellationToken);
        if (asJson)
            await Json.WriteLineAsync(context, ReportView.Inner(answer));
        else
            context.Output.Write(ReportView.Of(request, answer));
        return ExitCodes.Done;
    }

    public static async Task<GetReportResponse> GetAsync(
        CliContext context, string siteId, GetReportRequest request, CancellationToken cancellationToken) =>
        await context.Query.GetReportAsync(
            request, context.CallFor(siteId, Key.Types.Scope.Read, cancellationToken));
}
