using SessionPlatform.Funnel.Documents;

namespace SessionPlatform.Funnel.Applying;

/// <summary>
/// The values of one session that reports filter, group and sum: a row of <c>session_facts</c>. A value is null when
/// the session does not have it.
/// </summary>
internal sealed record SessionFacts(DocumentKey Key, DateTime StartedAt, DateTime EndedAt)
{
    /// <summary>The start of the local hour in which the session started, UTC.</summary>
    public DateTime StartedHour { get; init; }

    public string? UserId { get; init; }

    /// <summary>Whether bot detection classified the session as that of a bot.</summary>
    public bool FoundBot { get; init; }

    /// <summary>
    /// Whether the session counts as that of a bot: by the mark of the visitor, or else by detection.
    /// </summary>
    public bool IsBot { get; init; }

    public bool IsNew { get; init; }

    public bool Bounced { get; init; }

    public bool Engaged { get; init; }

    public short StartReason { get; init; }

    public int Events { get; init; }

    public int PageViews { get; init; }

    public int Conversions { get; init; }

    /// <summary>A JSON object of amounts by currency; null when there is no revenue.</summary>
    public string? Revenue { get; init; }

    public string? EntryPage { get; init; }

    public string? ExitPage { get; init; }

    public SourceFacts Source { get; init; } = SourceFacts.None;

    public ClientFacts Client { get; init; } = ClientFacts.None;

    public JourneyFacts Journey { get; init; } = JourneyFacts.None;

    public EventFacts Timeline { get; init; } = EventFacts.None;
}

/// <summary>The traffic source of the session; campaign parameters are in lower case.</summary>
internal sealed record SourceFacts(
    string Channel,
    string? Source,
    string? Medium,
    string? Campaign,
    string? Term,
    string? Content,
    string? ReferrerHost)
{
    public static SourceFacts None { get; } = new("", null, null, null, null, null, null);
}

/// <summary>The device and location of the visitor.</summary>
internal sealed record ClientFacts(
    string? DeviceType, string? Browser, string? Os, string? Country, string? Region, string? Language)
{
    public static ClientFacts None { get; } = new(null, null, null, null, null, null);
}
