using System.Globalization;
using System.Text;
using Google.Protobuf.Collections;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Periods;

namespace SessionPlatform.Funnel.Applying;

/// <summary>
/// Derives the facts of a session, as a pure function of its document, the time zone of the site, and the bot mark of
/// the visitor.
/// </summary>
internal static class FactFinder
{
    private const NumberStyles MoneyStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    // A person does not view this many pages within this time.
    private const int RateViews = 20;
    private const long RateMicroseconds = 10_000_000;

    /// <summary>Returns the facts of a session.</summary>
    /// <param name="key">The key of the stored document.</param>
    /// <param name="document">The snapshot of the session.</param>
    /// <param name="zone">The time zone of the site.</param>
    /// <param name="mark">The bot mark of the visitor; null when there is none.</param>
    public static SessionFacts Find(
        DocumentKey key, SessionDocument document, TimeZoneInfo zone, bool? mark)
    {
        var session = document.Session;
        var startedAt = session.StartedAt.ToDateTime();
        var foundBot = session.HasBot || HasImpossibleRate(session.Journey);
        return new SessionFacts(key, startedAt, session.EndedAt?.ToDateTime() ?? startedAt)
        {
            StartedHour = LocalHours.Begin(startedAt, zone),
            UserId = Given(session.UserId),
            FoundBot = foundBot,
            IsBot = mark ?? foundBot,
            IsNew = session.IsNew,
            Bounced = session.Bounced,
            Engaged = session.Engaged,
            StartReason = (short)session.StartReason,
            Events = session.Events,
            PageViews = session.PageViews,
            Conversions = session.Conversions,
            Revenue = RevenueOf(session.Revenue),
            EntryPage = Given(session.EntryPage),
            ExitPage = Given(session.ExitPage),
            Source = SourceOf(session.Attribution),
            Client = ClientOf(session.Device, session.Geo),
            Journey = JourneyFacts.Of(session),
            Timeline = EventFacts.Of(document.Timeline),
        };
    }

    /// <summary>Whether any 20 consecutive page views lie within 10 seconds.</summary>
    public static bool HasImpossibleRate(RepeatedField<JourneyStep> journey)
    {
        for (var last = RateViews - 1; last < journey.Count; last++)
        {
            if (journey[last].At is { } end && journey[last - RateViews + 1].At is { } begin
                && Micros.Of(end) - Micros.Of(begin) <= RateMicroseconds)
            {
                return true;
            }
        }

        return false;
    }

    private static SourceFacts SourceOf(Attribution? attribution)
    {
        if (attribution is null)
            return SourceFacts.None;
        var utm = attribution.Utm ?? new Utm();
        return new SourceFacts(
            attribution.Channel,
            Lower(utm.Source),
            Lower(utm.Medium),
            Lower(utm.Campaign),
            Lower(utm.Term),
            Lower(utm.Content),
            Given(attribution.ReferrerHost));
    }

    private static ClientFacts ClientOf(Device? device, Geo? geo) => new(
        Given(device?.Type),
        Given(device?.Browser),
        Given(device?.Os),
        Given(geo?.Country),
        Given(geo?.Region),
        Given(device?.Language));

    private static string? RevenueOf(RepeatedField<Money> revenue)
    {
        if (revenue.Count == 0)
            return null;
        var json = new StringBuilder("{");
        foreach (var money in revenue.OrderBy(money => money.Currency, StringComparer.Ordinal))
        {
            if (json.Length > 1)
                json.Append(", ");
            // Parsed to normalize the format of the number.
            var amount = decimal.Parse(money.Amount, MoneyStyle, CultureInfo.InvariantCulture);
            json.Append('"').Append(JsonEscaped(money.Currency)).Append("\": ")
                .Append(amount.ToString(CultureInfo.InvariantCulture));
        }

        return json.Append('}').ToString();
    }

    private static string JsonEscaped(string text) => System.Text.Json.JsonEncodedText.Encode(text).ToString();

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string? Lower(string text) => Given(text)?.ToLowerInvariant();
}
