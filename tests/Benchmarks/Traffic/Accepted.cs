using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Ingestion.Configuration;
using SessionPlatform.Ingestion.Steps;
using SessionPlatform.Ingestion.UserAgents;
using SessionPlatform.Sessionizer.Sites;

namespace SessionPlatform.Benchmarks.Traffic;

/// <summary>Converts sent events to accepted events by Ingestion's own steps.</summary>
internal sealed class Accepted(Site site, long receivedAt)
{
    private const int Partitions = 4;

    private readonly BatchContext context = new()
    {
        ReceivedAt = receivedAt, KeySite = site, Partitions = Partitions,
        // History of any age.
        MaxEventAge = long.MaxValue / 2,
        UserAgents = new(
            UserAgentData.Load(UserAgentData.Folder, new IngestionOptions().UserAgentCacheCapacity),
            TimeProvider.System),
    };

    /// <summary>A site with all defaults.</summary>
    public static Accepted Of(string siteId) => new(
        new Site { SiteId = siteId, Rules = SiteRulesDefaults.Complete(null), RulesVersion = 1 },
        Sessionizer.Storage.Micros.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));

    /// <summary>Returns the event as the Sessionizer receives it; it contains the given instance.</summary>
    public AcceptedEvent From(Event sent)
    {
        var draft = new EventDraft(sent, 0);
        IngestionSteps.Run(draft, context);
        return draft.Violations.Count == 0
            ? draft.Accepted
            : throw new InvalidOperationException($"The traffic of the benchmarks is refused: {draft.Violations[0]}");
    }
}
