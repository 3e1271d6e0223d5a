using Npgsql;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Auditing;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.Previewing;

/// <summary>
/// Compares the totals of the stored sessions of a site with those of sessions recomputed by other rules. Read-only.
/// </summary>
internal sealed class RulesPreviewer(NpgsqlDataSource dataSource, DocumentSource source)
{
    // 16 bytes each, and about as much again for the set.
    private const int MaxVisitorsInMemory = 500_000;

    /// <summary>Computes a preview.</summary>
    /// <param name="configuration">The current configuration of the site.</param>
    /// <param name="rules">The new rules, which the Sessionizer validates.</param>
    /// <param name="sendAsync">Receives every message; the result is the last one.</param>
    public async Task RunAsync(
        SiteConfiguration configuration,
        SiteRules rules,
        Func<PreviewRulesResponse, Task> sendAsync,
        CancellationToken cancellationToken)
    {
        var computed = 0UL;
        Task ProgressAsync(int sessions) =>
            sendAsync(new PreviewRulesResponse { SessionsComputed = computed += (ulong)sessions });

        // The new rules come first, so that invalid ones fail before any other work.
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
        await using var visitors = new DistinctVisitors(dataSource, MaxVisitorsInMemory);
        await foreach (var documents in source.StreamAsync(configuration.SiteId, null, rules, cancellationToken))
        {
            // Created after the first answer, which implies that the rules and their patterns are valid.
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

    /// <summary>Returns the funnels by the new rules: only the built-in funnel depends on them.</summary>
    private static List<(IFunnel Rules, int Stages)> FunnelsBy(SiteConfiguration configuration, SiteRules? rules) =>
    [
        .. configuration.KeptFunnels.Select(funnel => (
            rules is not null && funnel.Definition.Name == EcommerceFunnel.Name
                ? new EcommerceFunnel(rules.Ecommerce)
                : funnel.Rules,
            funnel.Definition.Steps.Count)),
    ];
}
