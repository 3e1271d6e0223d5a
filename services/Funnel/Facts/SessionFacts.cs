using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Facts;

/// <summary>
/// What reports filter, group and add up of one session: a row of <c>session_facts</c>. Null: the session does not say.
/// </summary>
internal sealed record SessionFacts(DocumentKey Key, DateTime StartedAt, DateTime EndedAt)
{
    /// <summary>When the site's clock last showed a full hour before the session started.</summary>
    public DateTime StartedHour { get; init; }

    public string? UserId { get; init; }

    /// <summary>Taken for a bot's by what it is.</summary>
    public bool FoundBot { get; init; }

    /// <summary>The same, unless somebody said otherwise of the visitor.</summary>
    public bool IsBot { get; init; }

    public bool IsNew { get; init; }

    public bool Bounced { get; init; }

    public bool Engaged { get; init; }

    public short StartReason { get; init; }

    public int Events { get; init; }

    public int PageViews { get; init; }

    public int Conversions { get; init; }

    /// <summary>A JSON object of amounts by currency.</summary>
    public string? Revenue { get; init; }

    public string? EntryPage { get; init; }

    public string? ExitPage { get; init; }

    public SourceFacts Source { get; init; } = SourceFacts.None;

    public ClientFacts Client { get; init; } = ClientFacts.None;

    public JourneyFacts Journey { get; init; } = JourneyFacts.None;

    public EventFacts Timeline { get; init; } = EventFacts.None;
}

/// <summary>Where the visitor came from; campaign parameters in lower case.</summary>
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

/// <summary>With what, and from which country.</summary>
internal sealed record ClientFacts(
    string? DeviceType, string? Browser, string? Os, string? Country, string? Region, string? Language)
{
    public static ClientFacts None { get; } = new(null, null, null, null, null, null);
}
