using System.CommandLine;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Cli.Reports;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp query FILE</c>: runs any report, given its request in proto3 JSON.</summary>
internal static class QueryCommand
{
    public static Command Create(CommandHost host)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "A GetReportRequest in proto3 JSON, see docs/queries.md; - reads standard input.",
        };
        var site = CommonOptions.Site();
        var json = CommonOptions.Json();
        var command = new Command("query", "Any report, by its request in a file.") { file, site, json };
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var siteId = parsed.GetRequiredValue(site);
            var request = await ReportFile.ReadAsync(context, parsed.GetRequiredValue(file), siteId, cancellationToken);
            var answer = await ReportCall.GetAsync(context, siteId, request, cancellationToken);
            if (parsed.GetValue(json))
                await Json.WriteLineAsync(context, answer);
            else
                context.Output.Write(ReportView.Of(request, answer));
            return ExitCodes.Done;
        });
        return command;
    }
}
