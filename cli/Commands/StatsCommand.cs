using System.CommandLine;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using Spectre.Console;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp stats</c>: shows counts, rates and durations over the sessions of a site.</summary>
internal static class StatsCommand
{
    public static Command Create(CommandHost host)
    {
        var site = CommonOptions.Site();
        var (from, to) = (CommonOptions.From(), CommonOptions.To());
        var json = CommonOptions.Json();
        var command = new Command("stats", "Counts, rates and durations over the sessions of a site.")
        {
            site, from, to, json,
        };
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var siteId = parsed.GetRequiredValue(site);
            var stats = await GetAsync(context, siteId, CommonOptions.Range(parsed, from, to), cancellationToken);
            if (parsed.GetValue(json))
                await Json.WriteLineAsync(context, stats);
            else
                Write(context, siteId, stats);
            return ExitCodes.Done;
        });
        return command;
    }

    public static async Task<GetSessionStatsResponse> GetAsync(
        CliContext context, string siteId, TimeRange? range, CancellationToken cancellationToken) =>
        await context.Query.GetSessionStatsAsync(
            new GetSessionStatsRequest { SiteId = siteId, Range = range },
            context.CallFor(siteId, Key.Types.Scope.Read, cancellationToken));

    public static void Write(CliContext context, string siteId, GetSessionStatsResponse stats)
    {
        var table = new DataTable($"Sessions of {siteId}", ">" + Show.Count(stats.Sessions));
        table.Row("Open now", Show.Count(stats.OpenSessions));
        table.Row("Visitors", Show.Count(stats.Visitors));
        table.Row("Page views", Show.Count(stats.PageViews));
        table.Row("Events", Show.Count(stats.Events));
        table.Row("Pages per session", Show.Number(Rate(stats.HasPagesPerSession, stats.PagesPerSession)));
        table.Row("Bounce rate", Show.Percent(Rate(stats.HasBounceRate, stats.BounceRate)));
        table.Row("Engagement rate", Show.Percent(Rate(stats.HasEngagementRate, stats.EngagementRate)));
        table.Row("Conversion rate", Show.Percent(Rate(stats.HasConversionRate, stats.ConversionRate)));
        table.Row("Conversions", Show.Count(stats.Conversions));
        table.Row("Revenue", Show.Money(stats.Revenue));
        table.Row("Average duration", Show.Duration(stats.AverageDuration));
        table.Row("Median duration", Show.Duration(stats.MedianDuration));
        context.Output.Write(new Rows(
            table, new Text("Sessions of bots are counted, too; reports like ./sp series leave them out.")));
    }

    private static double? Rate(bool isThere, double rate) => isThere ? rate : null;
}
