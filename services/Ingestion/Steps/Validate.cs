using System.Collections.Frozen;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Ingestion.Enrichment;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>Checks every bound that the contract sets for an event, and adds all violations.</summary>
internal static class Validate
{
    private const string PageView = "pageview";
    private const int MaxIdBytes = 128;
    private const int MaxNameBytes = 128;
    private const int MaxUrlBytes = 4096;
    private const int MaxTitleBytes = 512;
    private const int MaxCategoryBytes = 64;
    private const int MaxAmountDigits = 15;
    private const int MaxAmountDecimals = 6;
    private const int CurrencyLength = 3;

    private static readonly FrozenSet<string> Kinds = FrozenSet.Create(
        PageView, "click", "search", "form_submit", "scroll", "custom", "conversion", "purchase", "session_start",
        "session_end", "identify", "page_leave");

    public static void Apply(EventDraft draft, BatchContext context)
    {
        var sent = draft.Sent;
        CheckIds(draft, sent);
        CheckKind(draft, sent.Kind);
        draft.CheckText("name", sent.Name, MaxNameBytes);
        if (sent.ClientTime is { } time && !Micros.IsValid(time))
            draft.Violate("client_time", Reason.Invalid, "must be a time in the years 1 to 9999");
        if (sent.Sequence < 0)
            draft.Violate("sequence", Reason.OutOfRange, "must be 0 or more");
        CheckUrl(draft, sent);
        draft.CheckText("title", sent.Title, MaxTitleBytes);
        draft.CheckText("page_category", sent.PageCategory, MaxCategoryBytes);
        draft.CheckText("referrer", sent.Referrer, MaxUrlBytes);
        if (sent.Revenue is { } revenue)
            CheckRevenue(draft, revenue);
        if (sent.HasValue && !double.IsFinite(sent.Value))
            draft.Violate("value", Reason.Invalid, "must be a finite number");
        ValidateDetails.Check(draft, sent);
        ValidateProperties.Check(draft, sent.Properties);
    }

    private static void CheckIds(EventDraft draft, Event sent)
    {
        draft.CheckText("event_id", sent.EventId, MaxIdBytes);
        if (sent.VisitorId.Length == 0)
            draft.Violate("visitor_id", Reason.Required, "must name the visitor");
        draft.CheckText("visitor_id", sent.VisitorId, MaxIdBytes);
        draft.CheckText("user_id", sent.UserId, MaxIdBytes);
        if (sent.SessionKey.Length == 0 && SettleIdentity.IsAuthoritative(draft))
            draft.Violate("session_key", Reason.Required, "must be given: on this site it decides the session");
        draft.CheckText("session_key", sent.SessionKey, MaxIdBytes);
    }

    private static void CheckKind(EventDraft draft, string kind)
    {
        if (kind.Length == 0)
            draft.Violate("kind", Reason.Required, "must be given, e.g. \"pageview\"");
        else if (!Kinds.Contains(kind))
            draft.Violate("kind", Reason.Invalid, $"must be one of {string.Join(", ", Kinds.Order())}");
    }

    private static void CheckUrl(EventDraft draft, Event sent)
    {
        if (sent.Url.Length == 0)
        {
            if (sent.Kind == PageView)
                draft.Violate("url", Reason.Required, "a page view must have a url");
            return;
        }
        if (!draft.CheckText("url", sent.Url, MaxUrlBytes))
            return;
        draft.Url = PageUrl.Read(sent.Url);
        if (draft.Url is null)
            draft.Violate("url", Reason.Invalid,
                "must be an absolute http or https URL, or a path that starts with \"/\"");
    }

    private static void CheckRevenue(EventDraft draft, Money revenue)
    {
        if (revenue.Amount.Length == 0)
            draft.Violate("revenue.amount", Reason.Required, "must be given, e.g. \"19.90\"");
        else if (!IsAmount(revenue.Amount))
            draft.Violate("revenue.amount", Reason.Invalid,
                "must be an optional minus, 1-15 digits, and optionally a point with 1-6 digits");
        if (revenue.Currency.Length == 0)
            draft.Violate("revenue.currency", Reason.Required, "must be given, e.g. \"EUR\"");
        else if (revenue.Currency.Length != CurrencyLength || !IsLetters(revenue.Currency))
            draft.Violate("revenue.currency", Reason.Invalid, "must be an ISO 4217 code of three letters");
    }

    /// <summary>Whether a text is an amount of money, <c>-?[0-9]{1,15}(\.[0-9]{1,6})?</c></summary>
    public static bool IsAmount(ReadOnlySpan<char> text)
    {
        if (text.StartsWith('-'))
            text = text[1..];
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        return IsDigits(whole, MaxAmountDigits) && (point < 0 || IsDigits(text[(point + 1)..], MaxAmountDecimals));
    }

    /// <summary>Whether a text consists of ASCII letters only.</summary>
    public static bool IsLetters(string text)
    {
        foreach (var character in text)
            if (!char.IsAsciiLetter(character))
                return false;
        return true;
    }

    private static bool IsDigits(ReadOnlySpan<char> text, int max) =>
        text.Length >= 1 && text.Length <= max && !text.ContainsAnyExceptInRange('0', '9');
}
