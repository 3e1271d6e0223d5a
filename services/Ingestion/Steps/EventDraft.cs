using System.Text;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Ingestion.Enrichment;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>
/// One event on its way through the steps. A step reads it with its context and writes what it settles.
/// </summary>
internal sealed class EventDraft(Event sent, int ordinal)
{
    // Longest text in UTF-16 that surely fits a bound in UTF-8 is a third of it.
    private const int MaxBytesPerChar = 3;
    private List<Violation>? violations;

    /// <summary>The event as the client sent it; enrichment completes it.</summary>
    public Event Sent { get; } = sent;

    /// <summary>Its place in the request, from 0.</summary>
    public int Ordinal { get; } = ordinal;

    /// <summary>Its site, once the first step found it.</summary>
    public Site? Site { get; set; }

    /// <summary>The parts of its url, once validated; null without one.</summary>
    public PageUrl? Url { get; set; }

    /// <summary>Its settled id, 16 bytes; null until then.</summary>
    public byte[]? EventId { get; set; }

    /// <summary>What is published if nothing is violated.</summary>
    public AcceptedEvent Accepted { get; } = new();

    /// <summary>Where it is published to.</summary>
    public int Partition { get; set; }

    /// <summary>Everything that is wrong with it so far.</summary>
    public IReadOnlyList<Violation> Violations => violations ?? [];

    /// <summary>Notes that a rule is violated: the event will be rejected.</summary>
    public void Violate(string field, Reason reason, string description) =>
        (violations ??= []).Add(new Violation { Field = field, Reason = reason, Description = description });

    /// <summary>
    /// Checks a text against its bound in bytes, and that it has no NUL, which no database text can hold.
    /// </summary>
    public bool CheckText(string field, string text, int maxBytes)
    {
        if (text.Length == 0)
            return true;
        if (text.Length > maxBytes / MaxBytesPerChar && Encoding.UTF8.GetByteCount(text) > maxBytes)
        {
            Violate(field, Reason.TooLong, $"must be at most {maxBytes} bytes");
            return false;
        }
        if (!text.Contains('\0'))
            return true;
        Violate(field, Reason.Invalid, "must not hold NUL characters");
        return false;
    }
}
