namespace SessionPlatform.Ingestion.Steps;

/// <summary>
/// The steps that process each event, in order. Every step is a pure function of the event and its context. All
/// checking steps run, so that the client learns every violation at once; the other steps run only without violations.
/// <list type="number">
/// <item>authenticate site: checks that the event's site is the key's.</item>
/// <item>validate: checks every bound of the contract.</item>
/// <item>settle time: clock correction, clamping, too old.</item>
/// <item>identity: event id and stream. Cookieless visitor ids will be computed here.</item>
/// <item>consent: will come here, before any step uses data that the visitor may not have agreed to.</item>
/// <item>user agent: device type, system and browser, and whether it is a bot.</item>
/// <item>enrich: path, hosts, campaign, click id, channel, country. An overlong campaign parameter in the URL is a
/// violation.</item>
/// <item>route: the partition of the stream.</item>
/// </list>
/// </summary>
internal static class IngestionSteps
{
    /// <summary>The steps in order.</summary>
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

    /// <summary>Runs the steps. The event is accepted if it has no violations afterwards.</summary>
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
