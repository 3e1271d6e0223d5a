using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Ingestion.Enrichment;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>Derives path, hosts, campaign, click id and channel, and normalizes country and currency.</summary>
internal static class Enrich
{
    private static readonly SiteRules NoRules = new();

    public static void Apply(EventDraft draft, BatchContext context)
    {
        var sent = draft.Sent;
        var accepted = draft.Accepted;
        var rules = draft.Site?.Rules ?? NoRules;
        accepted.Event = sent;
        if (draft.Url is { } url)
        {
            accepted.Host = url.Host;
            accepted.Path = url.PathWith(rules.KeptQueryKeys);
        }
        accepted.ReferrerHost = sent.Referrer.Length == 0 ? "" : PageUrl.HostOf(sent.Referrer);
        SetCampaign(draft, accepted);
        SetChannel(accepted, rules);
        if (sent.Geo is { } geo)
            geo.Country = geo.Country.ToUpperInvariant();
        if (sent.Revenue is { } revenue)
            revenue.Currency = revenue.Currency.ToUpperInvariant();
    }

    private static void SetCampaign(EventDraft draft, AcceptedEvent accepted)
    {
        accepted.Utm = Campaign.Trim(draft.Sent.Utm);
        accepted.ClickIdKind = Campaign.ClickIdKind(draft.Sent.ClickIds);
        if (draft.Url is not { Query.IsEmpty: false } url)
            return;
        if (accepted.Utm is null && Campaign.FromQuery(url.Query) is { } utm)
        {
            // A text that exceeds its bound is a violation here, too; it is never truncated.
            ValidateDetails.CheckUtm(draft, utm);
            accepted.Utm = utm;
        }
        if (accepted.ClickIdKind.Length == 0)
            accepted.ClickIdKind = Campaign.ClickIdKind(url.Query);
    }

    private static void SetChannel(AcceptedEvent accepted, SiteRules rules)
    {
        var external = Referrers.IsExternal(accepted.ReferrerHost, accepted.Host, rules) ? accepted.ReferrerHost : "";
        var words = ChannelWords.Of(
            accepted.Utm?.Source ?? "",
            accepted.Utm?.Medium ?? "",
            accepted.Utm?.Campaign ?? "",
            accepted.ClickIdKind,
            external);
        var own = SiteChannels.Find(rules, words, external, accepted.ClickIdKind, accepted.Path);
        accepted.Channel = own ?? ChannelRules.Classify(words);
        accepted.ChannelByRule = own is not null;
    }
}
