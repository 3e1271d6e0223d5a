using System.Globalization;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Oracle;
using SessionPlatform.Sessionizer.Sessions;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

/// <summary>Sessions of the product and of the oracle in the same words, so that a difference can be read.</summary>
internal static class SessionText
{
    public static string Of(Session s) => Join(
        s.SessionId, s.SiteId, s.VisitorId,
        Microseconds.From(s.StartedAt), Microseconds.From(s.EndedAt),
        s.Duration is null ? null : Microseconds.From(s.Duration),
        s.PageViews, s.Events, s.HasEntryPage ? s.EntryPage : null, s.HasExitPage ? s.ExitPage : null,
        s.Bounced, s.Converted, s.Conversions, s.Engaged, s.IsNew, s.StartReason, s.HasEndReason ? s.EndReason : null,
        string.Join(';', s.Journey.Select(step => Join(
            step.Path, step.Title, step.Category, Microseconds.From(step.At),
            step.TimeOnPage is null ? null : Microseconds.From(step.TimeOnPage),
            step.HasScrollDepthPercent ? step.ScrollDepthPercent : null,
            step.HasLoadTimeMs ? step.LoadTimeMs : null))),
        string.Join(';', s.Revenue.Select(money => money.Currency + money.Amount)),
        s.HasUserId ? s.UserId : null,
        s.HasBot ? s.Bot : null,
        s.Attribution.Utm is { } utm ? Join(utm.Source, utm.Medium, utm.Campaign, utm.Term, utm.Content) : null,
        s.Attribution.HasReferrer ? s.Attribution.Referrer : null,
        s.Attribution.HasReferrerHost ? s.Attribution.ReferrerHost : null);

    public static string Of(OracleSession s) => Join(
        s.SessionId.ToString(), s.SiteId, s.VisitorId, s.StartedAt, s.EndedAt, s.Duration,
        s.PageViews, s.Events.Count, s.EntryPage, s.ExitPage,
        s.Bounced, s.Converted, s.Conversions, s.Engaged, s.IsNew, s.StartReason, s.EndReason,
        string.Join(';', s.Journey.Select(step => Join(
            step.Path, step.Title, step.Category, step.At, step.TimeOnPage, step.ScrollDepthPercent,
            step.LoadTimeMs))),
        string.Join(';', s.Revenue.Select(money => money.Currency + Invariant(money.Amount))),
        s.UserId,
        s.Bot,
        s.Utm is { } utm ? Join(utm.Source, utm.Medium, utm.Campaign, utm.Term, utm.Content) : null,
        s.Referrer, s.ReferrerHost);

    private static string Join(params object?[] parts) => string.Join(' ', parts.Select(Invariant));

    private static string Invariant(object? part) => part switch
    {
        null => "absent",
        string text => $"'{text}'",
        _ => Convert.ToString(part, CultureInfo.InvariantCulture)!,
    };
}
