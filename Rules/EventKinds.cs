namespace SessionPlatform.Rules;

/// <summary>The words that <c>Event.kind</c> of the contract uses for <see cref="EventKind"/>.</summary>
public static class EventKinds
{
    public const string PageView = "pageview";
    public const string Click = "click";
    public const string Search = "search";
    public const string FormSubmit = "form_submit";
    public const string Scroll = "scroll";
    public const string Custom = "custom";
    public const string Conversion = "conversion";
    public const string Purchase = "purchase";
    public const string SessionStart = "session_start";
    public const string SessionEnd = "session_end";
    public const string Identify = "identify";
    public const string PageLeave = "page_leave";

    /// <summary>All words, in the order of the contract.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        PageView, Click, Search, FormSubmit, Scroll, Custom, Conversion, Purchase, SessionStart, SessionEnd, Identify,
        PageLeave,
    ];

    /// <summary>Whether a word is one of <see cref="All"/>.</summary>
    public static bool IsKnown(string word) => Parse(word) != EventKind.Unknown;

    /// <summary>Returns the kind of a word; <see cref="EventKind.Unknown"/> for any other word.</summary>
    public static EventKind Parse(string word) => word switch
    {
        PageView => EventKind.PageView,
        Click => EventKind.Click,
        Search => EventKind.Search,
        FormSubmit => EventKind.FormSubmit,
        Scroll => EventKind.Scroll,
        Custom => EventKind.Custom,
        Conversion => EventKind.Conversion,
        Purchase => EventKind.Purchase,
        SessionStart => EventKind.SessionStart,
        SessionEnd => EventKind.SessionEnd,
        Identify => EventKind.Identify,
        PageLeave => EventKind.PageLeave,
        _ => EventKind.Unknown,
    };

    /// <summary>Returns the word of a known kind.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind is unknown.</exception>
    public static string Format(EventKind kind) =>
        kind > EventKind.Unknown && (int)kind <= All.Count
            ? All[(int)kind - 1]
            : throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind has no word.");
}
