namespace SessionPlatform.Rules;

/// <summary>The kinds of events. On the wire a kind is a word, see <see cref="EventKinds"/>.</summary>
public enum EventKind
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
