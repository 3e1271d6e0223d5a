using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Ingestion.Enrichment;

/// <summary>Extracts campaign parameters and click ids.</summary>
internal static class Campaign
{
    private static readonly (string Kind, Func<ClickIds, string> Value)[] Kinds =
    [
        ("gclid", ids => ids.Gclid), ("gbraid", ids => ids.Gbraid), ("wbraid", ids => ids.Wbraid),
        ("dclid", ids => ids.Dclid), ("fbclid", ids => ids.Fbclid), ("msclkid", ids => ids.Msclkid),
        ("ttclid", ids => ids.Ttclid), ("twclid", ids => ids.Twclid), ("li_fat_id", ids => ids.LiFatId),
        ("yclid", ids => ids.Yclid),
    ];

    /// <summary>
    /// Returns the campaign parameters trimmed; null when source, medium and campaign are empty, which means no
    /// campaign.
    /// </summary>
    public static Utm? Trim(Utm? utm)
    {
        if (utm is null)
            return null;
        var trimmed = new Utm
        {
            Source = utm.Source.Trim(),
            Medium = utm.Medium.Trim(),
            Campaign = utm.Campaign.Trim(),
            Term = utm.Term.Trim(),
            Content = utm.Content.Trim(),
        };
        return trimmed is { Source: "", Medium: "", Campaign: "" } ? null : trimmed;
    }

    /// <summary>
    /// Returns the <c>utm_…</c> parameters of a query, trimmed; of a repeated one the first that is not empty. Null
    /// when source, medium and campaign are all missing.
    /// </summary>
    public static Utm? FromQuery(ReadOnlySpan<char> query)
    {
        if (!query.Contains("utm", StringComparison.Ordinal))
            return null;
        var utm = new Utm();
        var pairs = new QueryPairs(query);
        while (pairs.Next())
            if (pairs.KeyIs("utm_source"))
                utm.Source = FirstOf(utm.Source, pairs.Value);
            else if (pairs.KeyIs("utm_medium"))
                utm.Medium = FirstOf(utm.Medium, pairs.Value);
            else if (pairs.KeyIs("utm_campaign"))
                utm.Campaign = FirstOf(utm.Campaign, pairs.Value);
            else if (pairs.KeyIs("utm_term"))
                utm.Term = FirstOf(utm.Term, pairs.Value);
            else if (pairs.KeyIs("utm_content"))
                utm.Content = FirstOf(utm.Content, pairs.Value);
        return utm is { Source: "", Medium: "", Campaign: "" } ? null : utm;
    }

    /// <summary>
    /// Returns the name of the first click id that is not empty, in the order of the contract; empty when there is
    /// none.
    /// </summary>
    public static string ClickIdKind(ClickIds? ids)
    {
        if (ids is null)
            return "";
        foreach (var (kind, value) in Kinds)
            if (!string.IsNullOrWhiteSpace(value(ids)))
                return kind;
        return "";
    }

    /// <summary>
    /// Returns the name of the first click id among the parameters of a query, in the order of the contract, not of the
    /// URL; empty when there is none.
    /// </summary>
    public static string ClickIdKind(ReadOnlySpan<char> query)
    {
        var first = Kinds.Length;
        var pairs = new QueryPairs(query);
        while (pairs.Next())
            for (var kind = 0; kind < first; kind++)
                if (!pairs.Value.IsEmpty && pairs.KeyIs(Kinds[kind].Kind))
                {
                    first = kind;
                    break;
                }
        return first < Kinds.Length ? Kinds[first].Kind : "";
    }

    private static string FirstOf(string former, ReadOnlySpan<char> value) =>
        former.Length > 0 ? former : UrlText.Decode(value, plusIsSpace: true).Trim();
}
