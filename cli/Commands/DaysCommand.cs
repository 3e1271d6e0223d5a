using System.CommandLine;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp days</c>: shows the totals of a site per day.</summary>
internal static class DaysCommand
{
    private const int BarWidth = 24;

    public static Command Create(CommandHost host)
    {
        var site = CommonOptions.Site();
        var (from, to) = (Day("--from", "First day."), Day("--to", "Last day, included."));
        var json = CommonOptions.Json();
        var command = new Command("days", "Totals per day, in the site's time zone.") { site, from, to, json };
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var request = new GetDaysRequest
            {
                SiteId = parsed.GetRequiredValue(site),
                From = parsed.GetValue(from) ?? "",
                To = parsed.GetValue(to) ?? "",
            };
            var answer = await context.Query.GetDaysAsync(
                request, context.CallFor(request.SiteId, Key.Types.Scope.Read, cancellationToken));
            if (parsed.GetValue(json))
                await Json.WriteLineAsync(context, answer);
            else
                Write(context, answer.Days);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(CliContext context, IReadOnlyCollection<DayTotals> days)
    {
        var most = Math.Max(1, days.Select(day => day.Sessions).DefaultIfEmpty().Max());
        var table = new DataTable(
            "Day",
            ">Sessions",
            "",
            ">Visitors",
            ">Page views",
            ">Bounces",
            ">Engaged",
            ">Conversions",
            ">Time",
            ">Revenue");
        foreach (var day in days)
        {
            table.Row(
                day.Day,
                Show.Count(day.Sessions),
                Show.Bar((double)day.Sessions / most, BarWidth),
                Show.Count(day.Visitors),
                Show.Count(day.PageViews),
                Show.Count(day.Bounces),
                Show.Count(day.Engaged),
                Show.Count(day.Conversions),
                Show.Duration(day.Duration),
                Show.Money(day.Revenue));
        }

        context.Output.Write(table);
    }

    private static Option<string?> Day(string name, string description)
    {
        var option = new Option<string?>(name) { HelpName = "DATE", Description = $"{description} As 2026-03-01." };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && Times.ParseDate(text) is null)
                result.AddError($"'{text}' is no date: write {name} as 2026-03-01.");
        });
        return option;
    }
}
