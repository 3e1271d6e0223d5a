using System.CommandLine;
using System.Runtime.CompilerServices;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp sessions</c>: lists the sessions of a site, newest first.</summary>
internal static class SessionsCommand
{
    private const int DefaultLimit = 20;
    private const int PageSize = 500;

    public static Command Create(CommandHost host)
    {
        var site = CommonOptions.Site();
        var all = new Option<bool>("--all") { Description = "All of them." };
        var limit = new Option<int?>("--limit") { HelpName = "N", Description = "At most this many; default 20." };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var number) && number < 1)
                result.AddError("--limit takes 1 or more.");
        });
        var filters = new FilterOptions();
        var json = CommonOptions.Json();
        var command = new Command("sessions", "The sessions of a site, newest first.") { site, all, limit, json };
        filters.AddTo(command);
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var request = new ListSessionsRequest
            {
                SiteId = parsed.GetRequiredValue(site),
                Filter = filters.Read(parsed),
            };
            var most = parsed.GetValue(all) ? int.MaxValue : parsed.GetValue(limit) ?? DefaultLimit;
            var pages = ReadAsync(context, request, most, cancellationToken);
            if (parsed.GetValue(json))
                await Json.WriteListAsync(context, "sessions", pages.SelectMany(page => page));
            else
                await WriteTablesAsync(context, pages);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async IAsyncEnumerable<IReadOnlyList<Session>> ReadAsync(
        CliContext context,
        ListSessionsRequest request,
        int most,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var left = most; left > 0;)
        {
            request.PageSize = Math.Min(left, PageSize);
            var page = await context.Query.ListSessionsAsync(
                request, context.CallFor(request.SiteId, Key.Types.Scope.Read, cancellationToken));
            yield return page.Sessions;
            if (page.NextPageToken.Length == 0)
                yield break;
            request.PageToken = page.NextPageToken;
            left -= page.Sessions.Count;
        }
    }

    // Writes one table per page, so that memory holds one page only.
    private static async Task WriteTablesAsync(CliContext context, IAsyncEnumerable<IReadOnlyList<Session>> pages)
    {
        await foreach (var page in pages)
            context.Output.Write(SessionTables.Of(page));
    }
}
