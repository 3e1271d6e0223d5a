using System.Globalization;
using System.Text.Json;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Sessionizer.Sessions;

namespace SessionPlatform.Sessionizer.Auditing;

/// <summary>
/// The columns that sessions are filtered and summed by, as text: as they are stored, and as a document has them.
/// </summary>
internal static class StoredColumnTexts
{
    /// <summary>Their names, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "visitor_id", "ended_at", "page_views", "events", "conversions", "bounced", "engaged", "user_id", "entry_page",
        "exit_page", "channel", "utm_source", "utm_campaign", "referrer_host", "revenue",
    ];

    /// <summary>An array of the stored ones, of table s.</summary>
    public const string Sql = """
        ARRAY[s.visitor_id, (extract(epoch FROM s.ended_at) * 1000000)::bigint::text, s.page_views::text, s.events::text,
            s.conversions::text, s.bounced::text, s.engaged::text, s.user_id, s.entry_page, s.exit_page, s.channel,
            s.utm_source, s.utm_campaign, s.referrer_host, s.revenue::text]
        """;

    /// <summary>Those that a document should have.</summary>
    public static string?[] Of(Session session)
    {
        var attribution = session.Attribution;
        return
        [
            session.VisitorId,
            Text(Microseconds.From(session.EndedAt)),
            Text(session.PageViews),
            Text(session.Events),
            Text(session.Conversions),
            session.Bounced ? "true" : "false",
            session.Engaged ? "true" : "false",
            session.HasUserId ? session.UserId : null,
            session.HasEntryPage ? session.EntryPage : null,
            session.HasExitPage ? session.ExitPage : null,
            attribution.Channel,
            attribution.Utm?.Source.ToLowerInvariant(),
            attribution.Utm?.Campaign.ToLowerInvariant(),
            attribution.HasReferrerHost ? attribution.ReferrerHost : null,
            session.Revenue.Count == 0
                ? null
                : Sums(session.Revenue.Select(m => (m.Currency, decimal.Parse(m.Amount, CultureInfo.InvariantCulture)))),
        ];
    }

    /// <summary>The stored ones in the same words: JSON has more than one for one amount.</summary>
    public static string?[] Normalised(string?[] stored)
    {
        var last = Names.Count - 1;
        if (stored[last] is not { } revenue)
            return stored;
        try
        {
            var sums = JsonSerializer.Deserialize<Dictionary<string, decimal>>(revenue) ?? [];
            return [.. stored[..last], Sums(sums.Select(sum => (sum.Key, sum.Value)))];
        }
        catch (JsonException)
        {
            // Not what is ever written: it differs from whatever it should be.
            return stored;
        }
    }

    private static string Sums(IEnumerable<(string Currency, decimal Amount)> sums) => string.Join(
        ", ",
        sums.OrderBy(sum => sum.Currency, StringComparer.Ordinal)
            .Select(sum => $"{sum.Currency} {sum.Amount.ToString("0.############", CultureInfo.InvariantCulture)}"));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
