namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>Kinds of events, as far as the session rules tell them apart.</summary>
internal enum EventKind
{
    /// <summary>A kind that this version does not know: counted like any event, with no meaning of its own.</summary>
    Unknown,
    PageView,
    Click,
    Search,
    FormSubmit,
    Scroll,
    Custom,
    Conversion,
    Purchase,
    SessionStart,
    SessionEnd,
    Identify,
    PageLeave,
}

/// <summary>The words that <c>Event.kind</c> uses for <see cref="EventKind"/>.</summary>
internal static class EventKinds
{
    /// <summary>The kind a word stands for; <see cref="EventKind.Unknown"/> for any other word.</summary>
    public static EventKind Parse(string word) => word switch
    {
        "pageview" => EventKind.PageView,
        "click" => EventKind.Click,
        "search" => EventKind.Search,
        "form_submit" => EventKind.FormSubmit,
        "scroll" => EventKind.Scroll,
        "custom" => EventKind.Custom,
        "conversion" => EventKind.Conversion,
        "purchase" => EventKind.Purchase,
        "session_start" => EventKind.SessionStart,
        "session_end" => EventKind.SessionEnd,
        "identify" => EventKind.Identify,
        "page_leave" => EventKind.PageLeave,
        _ => EventKind.Unknown,
    };

    /// <summary>The word for a known kind.</summary>
    public static string Format(EventKind kind) => kind switch
    {
        EventKind.PageView => "pageview",
        EventKind.Click => "click",
        EventKind.Search => "search",
        EventKind.FormSubmit => "form_submit",
        EventKind.Scroll => "scroll",
        EventKind.Custom => "custom",
        EventKind.Conversion => "conversion",
        EventKind.Purchase => "purchase",
        EventKind.SessionStart => "session_start",
        EventKind.SessionEnd => "session_end",
        EventKind.Identify => "identify",
        EventKind.PageLeave => "page_leave",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No word stands for it."),
    };
}
