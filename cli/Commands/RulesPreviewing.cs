using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp site rules --preview</c>: compares the stored history by the present and the changed rules.</summary>
internal static class RulesPreviewing
{
    // A preview computes all history twice; without a deadline, Query applies that of a short read.
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    public static async Task<int> RunAsync(
        CliContext context, string siteId, Action<SiteRules> change, bool asJson, CancellationToken cancellationToken)
    {
        var site = await SiteRulesCommand.GetAsync(context, siteId, cancellationToken);
        change(site.Rules);
        var preview = await ReadAsync(
            context, new PreviewRulesRequest { SiteId = siteId, Rules = site.Rules }, cancellationToken)
            ?? throw new CliException("The preview ended before it was done. Run it again.");
        if (asJson)
        {
            await Json.WriteLineAsync(context, preview);
            return ExitCodes.Done;
        }

        context.Output.Write(PreviewTables.Of(siteId, preview));
        if (preview.Funnels.Count > 0)
            context.Output.Write(PreviewTables.Of(preview.Funnels));
        await context.Environment.Output.WriteLineAsync(
            "Nothing was changed. To apply this to all history, give --reprocess in place of --preview.");
        return ExitCodes.Done;
    }

    private static async Task<RulesPreview?> ReadAsync(
        CliContext context, PreviewRulesRequest request, CancellationToken cancellationToken)
    {
        using var status = new StatusLine(context);
        using var call = context.Jobs.PreviewRules(
            request, context.CallAsOwnerOf(request.SiteId, cancellationToken, Limit));
        RulesPreview? result = null;
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            var answer = call.ResponseStream.Current;
            if (answer.MessageCase == PreviewRulesResponse.MessageOneofCase.SessionsComputed)
                status.Show("Computing sessions by both sets of rules", answer.SessionsComputed, 0);
            else
                result = answer.Result;
        }

        return result;
    }
}
