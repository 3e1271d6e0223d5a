using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Simulate;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary>
/// <c>sp demo</c>: sends the traffic of a simulated shop to the site <c>demo</c>, once, and shows the first reports.
/// </summary>
internal static class DemoCommand
{
    private const string SiteId = "demo";
    private const string Funnel = "ecommerce";
    private const ulong Seed = 1;
    private const int Visitors = 1500;
    private const int Days = 5;
    private const double LateShare = 0.03;
    private const double RepeatShare = 0.02;
    private const int ShownSessions = 8;

    private static readonly TimeSpan WaitTimeout = TimeSpan.FromMinutes(10);

    private static readonly Key.Types.Scope[] NeededScopes = [Key.Types.Scope.Ingest, Key.Types.Scope.Read];

    public static Command Create(CommandHost host)
    {
        var command = new Command(
            "demo",
            "Fill the site demo with the traffic of an invented shop, unless it is, and show what became of it.");
        host.OnRun(command, async (context, _, cancellationToken) =>
        {
            var site = await EnsureSiteAsync(context, cancellationToken);
            var isFirst = !IsSent(context, site);
            if (isFirst)
                await SendAsync(context, site, cancellationToken);
            await WaitCommand.RunAsync(context, closed: isFirst, WaitTimeout, cancellationToken);
            if (isFirst)
                await File.WriteAllTextAsync(MarkerOf(context), MarkOf(site), cancellationToken);
            await ShowAsync(context, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<Site> EnsureSiteAsync(CliContext context, CancellationToken cancellationToken)
    {
        Site site;
        try
        {
            var answer = await context.Sites.GetSiteAsync(
                new GetSiteRequest { SiteId = SiteId }, context.CallAsOwnerOf(SiteId, cancellationToken));
            site = answer.Site;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
        {
            var created = await SiteCommand.CreateSiteAsync(context, SiteId, new SiteRules(), cancellationToken);
            return created.Site;
        }

        // The site may be older than the keys in this state folder.
        foreach (var scope in NeededScopes.Where(scope => context.Keys.Find(SiteId, scope) is null))
        {
            var created = await context.Sites.CreateKeyAsync(
                new CreateKeyRequest { SiteId = SiteId, Scopes = { scope } },
                context.CallAsOwnerOf(SiteId, cancellationToken));
            context.Keys.Store(SiteId, created.Key);
        }

        return site;
    }

    // Times derive from the site's creation, so that a demo that was interrupted sends identical events again and
    // none is counted twice.
    private static Task<int> SendAsync(CliContext context, Site site, CancellationToken cancellationToken)
    {
        var midnight = site.CreatedAt.ToDateTimeOffset().Date;
        var until = (midnight - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return SimulateCommand.SendAsync(
            context,
            new SimulationOptions(
                SiteId,
                Seed,
                new SimulationSize(SimulationUnit.Visitors, Visitors),
                Days,
                until,
                LateShare,
                RepeatShare),
            asJson: false,
            cancellationToken);
    }

    private static async Task ShowAsync(CliContext context, CancellationToken cancellationToken)
    {
        var sessions = await context.Query.ListSessionsAsync(
            new ListSessionsRequest { SiteId = SiteId, PageSize = ShownSessions },
            context.CallFor(SiteId, Key.Types.Scope.Read, cancellationToken));
        context.Output.Write(SessionTables.Of(sessions.Sessions));
        StatsCommand.Write(context, SiteId, await StatsCommand.GetAsync(context, SiteId, null, cancellationToken));
        var funnel = await FunnelCommand.GetAsync(context, SiteId, Funnel, null, cancellationToken);
        FunnelTable.Write(context, SiteId, Funnel, funnel);
    }

    private static bool IsSent(CliContext context, Site site) =>
        File.Exists(MarkerOf(context)) && File.ReadAllText(MarkerOf(context)) == MarkOf(site);

    private static string MarkerOf(CliContext context) => Path.Combine(context.State, "demo-sent");

    // Identifies this very site: in a new database, a site of the same name is a different one.
    private static string MarkOf(Site site) =>
        site.CreatedAt.ToDateTime().Ticks.ToString(CultureInfo.InvariantCulture);
}
