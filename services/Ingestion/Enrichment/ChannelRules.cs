namespace SessionPlatform.Ingestion.Enrichment;

/// <summary>
/// The default channel group of GA4: rules over source, medium and campaign, of which the first match gives the
/// channel.
/// </summary>
internal static class ChannelRules
{
    /// <summary>Channel of an event without any source.</summary>
    public const string Direct = "Direct";

    /// <summary>Channel of an event that no rule matches.</summary>
    public const string Unassigned = "Unassigned";

    /// <summary>Returns the channel of an event.</summary>
    /// <param name="source">utm_source, trimmed, or empty.</param>
    /// <param name="medium">utm_medium, trimmed, or empty.</param>
    /// <param name="campaign">utm_campaign, trimmed, or empty.</param>
    /// <param name="clickIdKind">Name of the click id, or empty.</param>
    /// <param name="externalReferrerHost">Host of the referrer if it is external, or empty.</param>
    public static string Classify(
        string source, string medium, string campaign, string clickIdKind, string externalReferrerHost) =>
        Classify(ChannelWords.Of(source, medium, campaign, clickIdKind, externalReferrerHost));

    /// <summary>Returns the channel of an event.</summary>
    public static string Classify(in ChannelWords words) =>
        words.AreEmpty ? Direct : OfWords(words.Source, words.Medium, words.Campaign);

    private static string OfWords(string source, string medium, string campaign)
    {
        if (source == "(direct)" && medium is "" or "(none)" or "(not set)")
            return Direct;
        if (campaign.Contains("cross-network", StringComparison.Ordinal))
            return "Cross-network";
        var category = KnownSources.CategoryOf(source);
        var shopping = category == SourceCategory.Shopping || IsShoppingCampaign(campaign);
        return IsPaid(medium)
            ? Paid(category, medium, shopping)
            : Unpaid(source, medium, category, shopping);
    }

    private static string Paid(SourceCategory category, string medium, bool shopping) => category switch
    {
        _ when shopping => "Paid Shopping",
        SourceCategory.Search => "Paid Search",
        SourceCategory.Social => "Paid Social",
        SourceCategory.Video => "Paid Video",
        _ when medium == "cpm" => "Display",
        _ => "Paid Other",
    };

    private static string Unpaid(string source, string medium, SourceCategory category, bool shopping)
    {
        if (medium is "display" or "banner" or "expandable" or "interstitial")
            return "Display";
        if (shopping)
            return "Organic Shopping";
        if (category == SourceCategory.Social
            || medium is "social" or "social-network" or "social-media" or "sm" or "social network" or "social media")
            return "Organic Social";
        if (category == SourceCategory.Video || medium.Contains("video", StringComparison.Ordinal))
            return "Organic Video";
        if (IsAssistant(category, medium))
            return "AI Assistant";
        if (category == SourceCategory.Search || medium == "organic")
            return "Organic Search";
        if (medium is "referral" or "app" or "link")
            return "Referral";
        if (IsEmail(source) || IsEmail(medium))
            return "Email";
        return medium switch
        {
            "affiliate" => "Affiliates",
            "audio" => "Audio",
            _ when source == "sms" || medium == "sms" => "SMS",
            _ when source == "firebase" || IsPush(medium) => "Mobile Push Notifications",
            _ => Unassigned,
        };
    }

    // ^(.*cp.*|ppc|retargeting|paid.*)$
    private static bool IsPaid(string medium) =>
        medium is "ppc" or "retargeting"
        || medium.Contains("cp", StringComparison.Ordinal)
        || medium.StartsWith("paid", StringComparison.Ordinal);

    // ^(.*(([^a-df-z]|^)shop|shopping).*)$: "shop" at the start of a word, as in "e-shop" and "eshop" but not
    // "workshop".
    private static bool IsShoppingCampaign(string campaign)
    {
        if (campaign.Contains("shopping", StringComparison.Ordinal))
            return true;
        for (var at = campaign.IndexOf("shop", StringComparison.Ordinal); at >= 0;
            at = campaign.IndexOf("shop", at + 1, StringComparison.Ordinal))
            if (at == 0 || campaign[at - 1] is 'e' or (< 'a' or > 'z'))
                return true;
        return false;
    }

    // GA4 sets the medium itself where it knows the referrer. A link that an assistant tags has only a source.
    private static bool IsAssistant(SourceCategory category, string medium) =>
        medium == "ai-assistant"
        || (category == SourceCategory.Assistant
            && medium is "" or "(not set)" or "(none)" or "referral" or "link");

    private static bool IsEmail(string word) => word is "email" or "e-mail" or "e_mail" or "e mail";

    private static bool IsPush(string medium) =>
        medium.EndsWith("push", StringComparison.Ordinal)
        || medium.Contains("mobile", StringComparison.Ordinal)
        || medium.Contains("notification", StringComparison.Ordinal);
}
