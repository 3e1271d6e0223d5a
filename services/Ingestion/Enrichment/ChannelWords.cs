namespace SessionPlatform.Ingestion.Enrichment;

/// <summary>
/// Source, medium and campaign of an event in lower case, by which the channel is classified. An event without a source
/// takes it from its click id or its external referrer.
/// </summary>
internal readonly record struct ChannelWords(string Source, string Medium, string Campaign)
{
    private const string PaidMedium = "cpc";

    /// <summary>Whether the event has no source, medium and campaign.</summary>
    public bool AreEmpty => Source.Length == 0 && Medium.Length == 0 && Campaign.Length == 0;

    /// <summary>Returns the words of an event.</summary>
    /// <param name="source">utm_source, trimmed, or empty.</param>
    /// <param name="medium">utm_medium, trimmed, or empty.</param>
    /// <param name="campaign">utm_campaign, trimmed, or empty.</param>
    /// <param name="clickIdKind">Name of the click id, or empty.</param>
    /// <param name="externalReferrerHost">Host of the referrer if it is external, or empty.</param>
    public static ChannelWords Of(
        string source, string medium, string campaign, string clickIdKind, string externalReferrerHost)
    {
        source = source.ToLowerInvariant();
        medium = medium.ToLowerInvariant();
        campaign = campaign.ToLowerInvariant();
        if (SourceOfClickId(clickIdKind) is var (network, networkMedium))
        {
            // The parameters of a tagged link take precedence over the click id.
            if (source.Length == 0)
                source = network;
            if (medium.Length == 0)
                medium = networkMedium;
        }
        var words = new ChannelWords(source, medium, campaign);
        return words.AreEmpty && externalReferrerHost.Length > 0 ? OfReferrer(externalReferrerHost) : words;
    }

    private static ChannelWords OfReferrer(string host) =>
        new(host, KnownSources.CategoryOf(host) == SourceCategory.Search ? "organic" : "referral", "");

    // fbclid alone does not prove an advertisement: Meta adds it to every outgoing link.
    private static (string Source, string Medium)? SourceOfClickId(string kind) => kind switch
    {
        "gclid" or "gbraid" or "wbraid" => ("google", PaidMedium),
        "dclid" => ("dv360", "cpm"),
        "fbclid" => ("facebook", ""),
        "msclkid" => ("bing", PaidMedium),
        "ttclid" => ("tiktok", PaidMedium),
        "twclid" => ("twitter", PaidMedium),
        "li_fat_id" => ("linkedin", PaidMedium),
        "yclid" => ("yandex", PaidMedium),
        _ => null,
    };
}
