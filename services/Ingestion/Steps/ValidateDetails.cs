using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>Checks the bounds of the nested messages of an event.</summary>
internal static class ValidateDetails
{
    /// <summary>Maximum length of each campaign parameter and click id in bytes.</summary>
    public const int MaxCampaignBytes = 256;

    /// <summary>Maximum length of a user agent in bytes.</summary>
    public const int MaxUserAgentBytes = 1024;

    private const int MaxDeviceBytes = 64;
    private const int MaxRegionBytes = 64;
    private const int MaxCityBytes = 128;
    private const int MaxElementBytes = 512;
    private const int CountryLength = 2;
    private const double MaxScrollDepth = 100;

    /// <summary>Adds all violations in the nested messages of an event.</summary>
    public static void Check(EventDraft draft, Event sent)
    {
        if (sent.Utm is { } utm)
            CheckUtm(draft, utm);
        if (sent.ClickIds is { } clickIds)
            CheckClickIds(draft, clickIds);
        if (sent.Device is { } device)
            CheckDevice(draft, device);
        if (sent.Geo is { } geo)
            CheckGeo(draft, geo);
        if (sent.Engagement is { } engagement)
            CheckEngagement(draft, engagement);
        if (sent.Element is { } element)
            CheckElement(draft, element);
    }

    /// <summary>Adds all violations in campaign parameters.</summary>
    public static void CheckUtm(EventDraft draft, Utm utm)
    {
        draft.CheckText("utm.source", utm.Source, MaxCampaignBytes);
        draft.CheckText("utm.medium", utm.Medium, MaxCampaignBytes);
        draft.CheckText("utm.campaign", utm.Campaign, MaxCampaignBytes);
        draft.CheckText("utm.term", utm.Term, MaxCampaignBytes);
        draft.CheckText("utm.content", utm.Content, MaxCampaignBytes);
    }

    private static void CheckClickIds(EventDraft draft, ClickIds ids)
    {
        draft.CheckText("click_ids.gclid", ids.Gclid, MaxCampaignBytes);
        draft.CheckText("click_ids.gbraid", ids.Gbraid, MaxCampaignBytes);
        draft.CheckText("click_ids.wbraid", ids.Wbraid, MaxCampaignBytes);
        draft.CheckText("click_ids.dclid", ids.Dclid, MaxCampaignBytes);
        draft.CheckText("click_ids.fbclid", ids.Fbclid, MaxCampaignBytes);
        draft.CheckText("click_ids.msclkid", ids.Msclkid, MaxCampaignBytes);
        draft.CheckText("click_ids.ttclid", ids.Ttclid, MaxCampaignBytes);
        draft.CheckText("click_ids.twclid", ids.Twclid, MaxCampaignBytes);
        draft.CheckText("click_ids.li_fat_id", ids.LiFatId, MaxCampaignBytes);
        draft.CheckText("click_ids.yclid", ids.Yclid, MaxCampaignBytes);
    }

    private static void CheckDevice(EventDraft draft, Device device)
    {
        draft.CheckText("device.user_agent", device.UserAgent, MaxUserAgentBytes);
        draft.CheckText("device.type", device.Type, MaxDeviceBytes);
        draft.CheckText("device.os", device.Os, MaxDeviceBytes);
        draft.CheckText("device.os_version", device.OsVersion, MaxDeviceBytes);
        draft.CheckText("device.browser", device.Browser, MaxDeviceBytes);
        draft.CheckText("device.browser_version", device.BrowserVersion, MaxDeviceBytes);
        draft.CheckText("device.screen", device.Screen, MaxDeviceBytes);
        draft.CheckText("device.viewport", device.Viewport, MaxDeviceBytes);
        draft.CheckText("device.language", device.Language, MaxDeviceBytes);
        draft.CheckText("device.timezone", device.Timezone, MaxDeviceBytes);
    }

    private static void CheckGeo(EventDraft draft, Geo geo)
    {
        if (geo.Country.Length > 0 && (geo.Country.Length != CountryLength || !Validate.IsLetters(geo.Country)))
            draft.Violate("geo.country", Reason.Invalid, "must be an ISO 3166-1 code of two letters");
        draft.CheckText("geo.region", geo.Region, MaxRegionBytes);
        draft.CheckText("geo.city", geo.City, MaxCityBytes);
    }

    private static void CheckEngagement(EventDraft draft, Engagement engagement)
    {
        if (engagement.HasScrollDepthPercent)
            CheckNumber(draft, "engagement.scroll_depth_percent", engagement.ScrollDepthPercent, MaxScrollDepth);
        if (engagement.HasLoadTimeMs)
            CheckNumber(draft, "engagement.load_time_ms", engagement.LoadTimeMs, double.MaxValue);
        if (engagement.HasTimeToInteractiveMs)
            CheckNumber(draft, "engagement.time_to_interactive_ms", engagement.TimeToInteractiveMs, double.MaxValue);
        if (engagement.HasClicks && engagement.Clicks < 0)
            draft.Violate("engagement.clicks", Reason.OutOfRange, "must be 0 or more");
        if (engagement.HasInteractions && engagement.Interactions < 0)
            draft.Violate("engagement.interactions", Reason.OutOfRange, "must be 0 or more");
    }

    private static void CheckNumber(EventDraft draft, string field, double number, double max)
    {
        if (!double.IsFinite(number))
            draft.Violate(field, Reason.Invalid, "must be a finite number");
        else if (number < 0 || number > max)
            draft.Violate(field, Reason.OutOfRange,
                max < double.MaxValue ? FormattableString.Invariant($"must be 0 to {max}") : "must be 0 or more");
    }

    private static void CheckElement(EventDraft draft, Element element)
    {
        draft.CheckText("element.id", element.Id, MaxElementBytes);
        draft.CheckText("element.classes", element.Classes, MaxElementBytes);
        draft.CheckText("element.text", element.Text, MaxElementBytes);
        draft.CheckText("element.selector", element.Selector, MaxElementBytes);
    }
}
