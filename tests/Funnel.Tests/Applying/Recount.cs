using System.Globalization;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Tests.Applying;

/// <summary>
/// What the aggregates must say, counted from the final documents in the plainest way. Stages come from its own rules,
/// which know no more than the events that <see cref="RandomFacts"/> makes.
/// </summary>
internal sealed class Recount(IEnumerable<SessionDocument> documents, TimeZoneInfo zone)
{
    private static readonly string[] Categories = ["home", "category", "product", "cart", "checkout", "confirmation"];

    private readonly List<SessionDocument> documents = [.. documents];

    public static int EcommerceStage(SessionDocument document) => document.Timeline
        .Select(happened => happened.Kind == "purchase" ? 6 : Array.IndexOf(Categories, happened.Category) + 1)
        .Append(0)
        .Max();

    /// <summary>The furthest step of a funnel whose steps are one category each.</summary>
    public static Func<SessionDocument, int> Ordered(params string[] steps) => document =>
    {
        var events = document.Timeline.Select(happened => happened.Category).ToList();
        var (reached, at) = (0, -1);
        while (reached < steps.Length && (at = events.IndexOf(steps[reached], at + 1)) >= 0)
            reached++;
        return reached;
    };

    public List<(uint Sessions, uint Visitors)> Stages(
        Func<SessionDocument, int> stage, int count, DateTime? from, DateTime? to)
    {
        var inRange = documents.Where(document =>
            !(from > Start(document)) && !(to <= Start(document))).ToList();
        return [.. Enumerable.Range(1, count).Select(number =>
        {
            var reached = inRange.Where(document => stage(document) >= number).ToList();
            var visitors = reached.Select(document => document.Session.VisitorId).Distinct();
            return ((uint)reached.Count, (uint)visitors.Count());
        })];
    }

    public List<string> Days() => [.. documents
        .GroupBy(document => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(Start(document), zone)))
        .OrderBy(group => group.Key)
        .Select(group => string.Join(
            ' ',
            group.Key.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            group.Count(),
            group.Select(document => document.Session.VisitorId).Distinct().Count(),
            group.Sum(document => document.Session.PageViews),
            group.Count(document => document.Session.Bounced),
            group.Count(document => document.Session.Engaged),
            group.Count(document => document.Session.Converted),
            group.Sum(document => document.Session.Conversions),
            group.Sum(document => (document.Session.Duration?.ToTimeSpan() ?? TimeSpan.Zero).Ticks),
            string.Join(',', group
                .SelectMany(document => document.Session.Revenue)
                .GroupBy(money => money.Currency)
                .OrderBy(money => money.Key, StringComparer.Ordinal)
                .Select(money => Money(money.Key, money.Sum(part => Number(part.Amount)))))))];

    /// <summary>The service's answer in the same words.</summary>
    public static List<string> Days(IEnumerable<DayTotals> days) => [.. days
        .Where(day => day.Sessions > 0)
        .Select(day => string.Join(
            ' ',
            day.Day,
            day.Sessions,
            day.Visitors,
            day.PageViews,
            day.Bounces,
            day.Engaged,
            day.ConvertedSessions,
            day.Conversions,
            day.Duration.ToTimeSpan().Ticks,
            string.Join(',', day.Revenue.Select(money => Money(money.Currency, Number(money.Amount))))))];

    private static DateTime Start(SessionDocument document) => document.Session.StartedAt.ToDateTime();

    private static decimal Number(string amount) => decimal.Parse(amount, CultureInfo.InvariantCulture);

    private static string Money(string currency, decimal amount) =>
        currency + amount.ToString("0.######", CultureInfo.InvariantCulture);
}
