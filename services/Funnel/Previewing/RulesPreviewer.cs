using Npgsql;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Auditing;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.Previewing;

/// <summary>
/// Counts a site's sessions as they are stored and as other rules would make them, in the same way. Changes nothing.
/// </summary>
internal sealed class RulesPreviewer(NpgsqlDataSource dataSource, DocumentSource source)
{
    // 16 bytes each, and as much again for the set.
    private const int MostVisitorsInMemory = 500_000;

    /// <param name="configuration">Of the site, as it is.</param>
    /// <param name="rules">The Sessionizer says what is wrong with them.</param>
    /// <param name="sendAsync">Gets every message, the result last.</param>
    public async Task RunAsync(
        SiteConfiguration configuration,
        SiteRules rules,
        Func<PreviewRulesResponse, Task> sendAsync,
        CancellationToken cancellationToken)
    {
        var computed = 0UL;
        Task ProgressAsync(int sessions) =>
            sendAsync(new PreviewRulesResponse { SessionsComputed = computed += (ulong)sessions });

        // The rules first: if they are not valid, nothing was counted for naught.
        var (after, totalsAfter) = await CountAsync(configuration, rules, ProgressAsync, cancellationToken);
        var (before, totalsBefore) = await CountAsync(configuration, null, ProgressAsync, cancellationToken);
        var preview = new RulesPreview { Before = totalsBefore, After = totalsAfter };
        for (var index = 0; index < configuration.KeptFunnels.Count; index++)
        {
            var definition = configuration.KeptFunnels[index].Definition;
            var stages = definition.Steps.Select((step, stage) => new PreviewStage
            {
                Name = step.Name,
                SessionsBefore = before.Reached(index, stage + 1),
                SessionsAfter = after.Reached(index, stage + 1),
            });
            preview.Funnels.Add(new PreviewFunnel { Name = definition.Name, Stages = { stages } });
        }

        await sendAsync(new PreviewRulesResponse { Result = preview });
    }

    private async Task<(PreviewCounts Counts, PreviewTotals Totals)> CountAsync(
        SiteConfiguration configuration,
        SiteRules? rules,
        Func<int, Task> progressAsync,
        CancellationToken cancellationToken)
    {
        PreviewCounts? counts = null;
        await using var visitors = new DistinctVisitors(dataSource, MostVisitorsInMemory);
        await foreach (var documents in source.StreamAsync(configuration.SiteId, null, rules, cancellationToken))
        {
            // Not before the first answer: only that says that the rules, and the patterns in them, are valid.
            counts ??= new PreviewCounts(FunnelsBy(configuration, rules));
            foreach (var document in documents)
            {
                counts.Add(document);
                await visitors.AddAsync(document.Session.VisitorId, cancellationToken);
            }

            await progressAsync(documents.Count);
        }

        counts ??= new PreviewCounts(FunnelsBy(configuration, rules));
        return (counts, counts.Totals(await visitors.CountAsync(cancellationToken)));
    }

    /// <summary>Of the rules, only the built-in funnel knows the page patterns.</summary>
    private static List<(IFunnel Rules, int Stages)> FunnelsBy(SiteConfiguration configuration, SiteRules? rules) =>
    [
        .. configuration.KeptFunnels.Select(funnel => (
            rules is not null && funnel.Definition.Name == EcommerceFunnel.Name
                ? new EcommerceFunnel(rules.Ecommerce)
                : funnel.Rules,
            funnel.Definition.Steps.Count)),
    ];
}
