namespace SessionPlatform.Ingestion.Steps;

/// <summary>
/// What happens to each event, in this order. Every step is a pure function of the event and its context. Steps that
/// check all run, so that the client learns every violation at once; the first violation ends the rest.
/// <list type="number">
/// <item>authenticate site: the event's site is the key's.</item>
/// <item>validate: every bound of the contract.</item>
/// <item>settle time: clock correction, clamping, too old.</item>
/// <item>identity: event id and stream. Cookieless visitor ids will be made here.</item>
/// <item>consent: will come here, before anything is read from what the visitor may not have agreed to.</item>
/// <item>user agent: type of device, system and browser, and whether it is a bot's.</item>
/// <item>enrich: path, hosts, campaign, click id, channel, place.</item>
/// <item>route: the partition of the stream.</item>
/// </list>
/// </summary>
internal static class IngestionSteps
{
    /// <summary>The steps by name.</summary>
    public static IReadOnlyList<IngestionStep> All { get; } =
    [
        new("authenticate site", AuthenticateSite.Apply, Checks: true),
        new("validate", Validate.Apply, Checks: true),
        new("settle time", SettleTime.Apply, Checks: true),
        new("identity", SettleIdentity.Apply),
        new("user agent", RecogniseUserAgent.Apply),
        new("enrich", Enrich.Apply),
        new("route", Route.Apply),
    ];

    /// <summary>Runs the steps. The event is accepted if it then has no violations.</summary>
    public static void Run(EventDraft draft, BatchContext context)
    {
        for (var index = 0; index < All.Count; index++)
        {
            var step = All[index];
            if (!step.Checks && draft.Violations.Count > 0)
                return;
            step.Apply(draft, context);
        }
    }
}

/// <summary>One step.</summary>
/// <param name="Name">What it does, in a word or two.</param>
/// <param name="Apply">Does it.</param>
/// <param name="Checks">It runs even for an event that violates rules already, to find what else is wrong.</param>
internal sealed record IngestionStep(string Name, Action<EventDraft, BatchContext> Apply, bool Checks = false);
