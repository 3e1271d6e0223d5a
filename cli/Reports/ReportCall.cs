using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Reports;

/// <summary>Asks for a report and prints it.</summary>
internal static class ReportCall
{
    /// <summary>As a table, or as one JSON document: the report's own message.</summary>
    public static async Task<int> RunAsync(
        CliContext context, string siteId, GetReportRequest request, bool asJson, CancellationToken cancellation)
    {
        var answer = await GetAsync(context, siteId, request, cancellation);
        if (asJson)
            await Json.WriteLineAsync(context, ReportView.Inner(answer));
        else
            context.Output.Write(ReportView.Of(request, answer));
        return ExitCodes.Done;
    }

    public static async Task<GetReportResponse> GetAsync(
        CliContext context, string siteId, GetReportRequest request, CancellationToken cancellation) =>
        await context.Query.GetReportAsync(
            request, context.CallFor(siteId, Key.Types.Scope.Read, cancellation));
}
