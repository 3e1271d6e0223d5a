using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Oracle;

/// <summary>A session as the rules give it. Times are microseconds since 1970-01-01 UTC; null is absent.</summary>
public sealed record OracleSession
{
    public required Guid SessionId { get; init; }
    public required string SiteId { get; init; }

    /// <summary>The visitor, or under AUTHORITATIVE the session key.</summary>
    public required string StreamKey { get; init; }

    /// <summary>Of the first event.</summary>
    public required string VisitorId { get; init; }

    /// <summary>Every event of the session, in order.</summary>
    public required IReadOnlyList<OracleEvent> Events { get; init; }

    /// <summary>Those by which it lives.</summary>
    public required OracleRules Rules { get; init; }
    public required long StartedAt { get; init; }
    public required long EndedAt { get; init; }
    public required long? Duration { get; init; }
    public required int PageViews { get; init; }
    public required string? EntryPage { get; init; }
    public required string? ExitPage { get; init; }
    public required bool Bounced { get; init; }
    public required int Conversions { get; init; }
    public required bool Engaged { get; init; }
    public required bool IsNew { get; init; }
    public required Session.Types.BoundaryReason StartReason { get; init; }

    /// <summary>Absent while the session may still go on.</summary>
    public required Session.Types.BoundaryReason? EndReason { get; init; }

    /// <summary>Its time is over: a closed session is one of these.</summary>
    public required bool Over { get; init; }

    /// <summary>The first 2,000 page views.</summary>
    public required IReadOnlyList<OracleStep> Journey { get; init; }

    /// <summary>Sums, by currency.</summary>
    public required IReadOnlyList<(string Currency, decimal Amount)> Revenue { get; init; }
    public required string? UserId { get; init; }
    public required OracleUtm? Utm { get; init; }
    public required string? Referrer { get; init; }
    public required string? ReferrerHost { get; init; }

    /// <summary>Known only of accepted events; null otherwise.</summary>
    public required string? ClickIdKind { get; init; }

    /// <summary>Known only of accepted events; empty otherwise.</summary>
    public required string Channel { get; init; }

    /// <summary>Why it is taken for a bot's. Known only of accepted events; null otherwise.</summary>
    public required string? Bot { get; init; }

    public bool Converted => Conversions > 0;

    /// <summary>The session as the product publishes it, but for revision and closed, which are its history.</summary>
    public SessionDocument ToDocument() => OracleDocument.Of(this);
}

/// <summary>A page view of a journey.</summary>
public sealed record OracleStep(
    string Path, string Title, string Category, long At, long? TimeOnPage, double? ScrollDepthPercent,
    double? LoadTimeMs);
