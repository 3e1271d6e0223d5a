using Google.Protobuf.Collections;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Sites.V1;
using Spectre.Console;

namespace SessionPlatform.Cli.Output;

/// <summary>Lists a site's rules by the names of the options that change them.</summary>
internal static class RulesTable
{
    public static DataTable Of(Site site)
    {
        var rules = site.Rules;
        var pages = rules.Ecommerce ?? new EcommercePages();
        var table = new DataTable($"Rules of {site.SiteId}", "Value");
        table.Wrap(1);
        table.Row("session-key", Words.Of(rules.SessionKey));
        table.Row("timeout", Show.Duration(rules.Timeout));
        table.Row("max-duration", Show.Duration(rules.MaxDuration));
        table.Row("campaign", Words.Of(rules.Campaign));
        table.Row("explicit-boundaries", OnOff(rules.ExplicitBoundaries));
        table.Row("session-key-boundaries", OnOff(rules.SessionKeyBoundaries));
        table.Row("referrer-boundaries", OnOff(rules.ReferrerBoundaries));
        table.Row("midnight", OnOff(rules.Midnight));
        table.Row("domain", List(rules.Domains));
        table.Row("ignored-referrer", List(rules.IgnoredReferrers?.Hosts ?? new()));
        table.Row("keep-query", List(rules.KeptQueryKeys));
        table.Row("engaged-duration", Show.Duration(rules.EngagedDuration));
        table.Row("engaged-page-views", Show.Count(rules.EngagedPageViews));
        table.Row("goal", Lines(rules.Goals.Select(Goals.Format)));
        table.Row("channel", Lines(rules.ChannelRules.Select(ChannelRules.Format)));
        table.Row("max-event-age", Show.Duration(rules.MaxEventAge));
        table.Row("time-zone", rules.TimeZone);
        table.Row("week-start", Words.Of(rules.WeekStart));
        table.Row("browse-page", List(pages.Browse));
        table.Row("product-page", List(pages.Product));
        table.Row("cart-page", List(pages.Cart));
        table.Row("checkout-page", List(pages.Checkout));
        table.Row("confirmation-page", List(pages.Confirmation));
        table.Row("version", Show.Count(site.RulesVersion));
        return table;
    }

    private static string OnOff(bool value) => value ? "on" : "off";

    // Goals and channel rules contain commas, so each has its own line.
    private static string Lines(IEnumerable<string> values) =>
        string.Join('\n', values.Select(value => Show.Foreign(value, 1700))) is { Length: > 0 } lines ? lines : "–";

    private static string List(RepeatedField<string> values) =>
        values.Count > 0 ? string.Join(", ", values) : "–";
}
