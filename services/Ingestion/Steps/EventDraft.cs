using System.Text;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Ingestion.Enrichment;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>
/// One event while it passes through the steps. Each step reads it with its context and writes its results to it.
/// </summary>
internal sealed class EventDraft(Event sent, int ordinal)
{
    // A text of at most a third of the bound in UTF-16 characters fits the bound in UTF-8 bytes for certain.
    private const int MaxBytesPerChar = 3;
    private List<Violation>? violations;

    /// <summary>The event as the client sent it; enrichment completes it.</summary>
    public Event Sent { get; } = sent;

    /// <summary>Index of the event in its request, from 0.</summary>
    public int Ordinal { get; } = ordinal;

    /// <summary>The site of the event; null until the first step has found it.</summary>
    public Site? Site { get; set; }

    /// <summary>The parts of the URL; null until it is validated, or when the event has none.</summary>
    public PageUrl? Url { get; set; }

    /// <summary>The settled id, 16 bytes; null until it is settled.</summary>
    public byte[]? EventId { get; set; }

    /// <summary>The message that is published if there are no violations.</summary>
    public AcceptedEvent Accepted { get; } = new();

    /// <summary>The partition that it is published to.</summary>
    public int Partition { get; set; }

    /// <summary>The violations found so far.</summary>
    public IReadOnlyList<Violation> Violations => violations ?? [];

    /// <summary>Adds a violation, for which the event will be rejected.</summary>
    public void Violate(string field, Reason reason, string description) =>
        (violations ??= []).Add(new Violation { Field = field, Reason = reason, Description = description });

    /// <summary>
    /// Checks the length of a text in bytes, and that it contains no NUL character, which PostgreSQL cannot store.
    /// Returns whether it is valid.
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
