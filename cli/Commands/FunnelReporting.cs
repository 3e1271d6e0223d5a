using System.CommandLine;
using Google.Protobuf;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Cli.Reports;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sites.V1;
using Spectre.Console.Rendering;

namespace SessionPlatform.Cli.Commands;

/// <summary>
/// Runs <c>sp funnel NAME</c> with options beyond its counts: a report, a list of actors or an explanation.
/// </summary>
internal static class FunnelReporting
{
    public static async Task<int> RunAsync(
        CliContext context,
        ParseResult parsed,
        FunnelOptions options,
        string name,
        bool asJson,
        CancellationToken cancellationToken)
    {
        var request = options.Request(parsed);
        if (options.File(parsed) is { } file)
            request.Definition = await FunnelFile.ReadAsync(context, file, cancellationToken);
        else
            request.Name = name;

        var call = context.CallFor(request.SiteId, Key.Types.Scope.Read, cancellationToken);
        if (options.Explained(parsed) is { } visitor)
        {
            var explanation = await context.Query.ExplainFunnelAsync(
                new ExplainFunnelRequest { Funnel = request, VisitorId = visitor }, call);
            return await WriteAsync(context, asJson, explanation, () => FunnelExplanationView.Of(explanation));
        }

        if (options.Actors(parsed) is { } actors)
        {
            actors.Funnel = request;
            var list = await context.Query.ListFunnelActorsAsync(actors, call);
            return await WriteAsync(context, asJson, list, () => FunnelActorsView.Of(actors, list));
        }

        return await ReportCall.RunAsync(
            context, request.SiteId, new GetReportRequest { FunnelReport = request }, asJson, cancellationToken);
    }

    private static async Task<int> WriteAsync(
        CliContext context, bool asJson, IMessage answer, Func<IRenderable> view)
    {
        if (asJson)
            await Json.WriteLineAsync(context, answer);
        else
            context.Output.Write(view());
        return ExitCodes.Done;
    }
}
