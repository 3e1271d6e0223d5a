using System.CommandLine;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp rejects</c>: shows how many events were rejected, and why.</summary>
internal static class RejectsCommand
{
    public static Command Create(CommandHost host)
    {
        var site = new Option<string?>("--site")
        {
            HelpName = "SITE",
            Description = "The site. Without it: what was sent with a key nobody knows.",
        };
        var (from, to) = (CommonOptions.From(), CommonOptions.To());
        var json = CommonOptions.Json();
        var command = new Command("rejects", "How many events were rejected, by reason and field.")
        {
            site, from, to, json,
        };
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var siteId = parsed.GetValue(site);
            var answer = await context.Query.GetRejectCountsAsync(
                new GetRejectCountsRequest { SiteId = siteId ?? "", Range = CommonOptions.Range(parsed, from, to) },
                siteId is null
                    ? context.CallAsPlatform(cancellationToken)
                    : context.CallFor(siteId, Key.Types.Scope.Read, cancellationToken));
            if (parsed.GetValue(json))
            {
                await Json.WriteLineAsync(context, answer);
                return ExitCodes.Done;
            }

            var table = new DataTable("Reason", "Field", ">Events");
            foreach (var count in answer.Counts)
                table.Row(count.Reason, Show.Foreign(count.Field), Show.Count(count.Events));
            table.Row("Total", "", Show.Count(answer.Total));
            context.Output.Write(table);
            return ExitCodes.Done;
        });
        return command;
    }
}
