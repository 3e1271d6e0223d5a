using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Documents;

/// <summary>The key of a session: its site, visitor and id.</summary>
internal readonly record struct DocumentKey(string SiteId, string VisitorId, Guid SessionId);

/// <summary>A change of one session, which may change what it contributes to the aggregates.</summary>
/// <param name="Key">The key of the session.</param>
/// <param name="StartedAt">The start of the session, UTC.</param>
/// <param name="Revision">The change is ignored when this revision or a higher one is stored.</param>
/// <param name="Document">The new snapshot; null when the session is retracted.</param>
/// <param name="IsRecount">The stored snapshot is recounted by the current configuration; there is no new one.</param>
/// <param name="Replaces">
/// Not null for a repair: a snapshot stored at exactly this revision is wrong and is replaced even by an equal or a
/// lower revision. A snapshot stored since then is not the wrong one, and the usual rule applies.
/// </param>
internal sealed record Change(
    DocumentKey Key,
    DateTime StartedAt,
    int Revision,
    SessionDocument? Document,
    bool IsRecount = false,
    int? Replaces = null)
{
    /// <summary>Creates a recount of the stored snapshot by the current configuration.</summary>
    public static Change Recount(DocumentKey key) => new(key, default, 0, null, IsRecount: true);

    /// <summary>Creates a repair that replaces a missing or wrong snapshot.</summary>
    /// <param name="document">The snapshot of the Sessionizer.</param>
    /// <param name="replaces">The revision that is wrong; null when nothing was stored.</param>
    /// <exception cref="FormatException">The snapshot violates the contract.</exception>
    public static Change Repair(SessionDocument document, int? replaces) => Of(document) with { Replaces = replaces };

    /// <summary>Creates a repair that removes a session which should not be stored.</summary>
    public static Change Retract(DocumentKey key, DateTime startedAt, int revision) =>
        new(key, startedAt, revision, Document: null, Replaces: revision);

    /// <summary>Converts a fact that the Sessionizer published.</summary>
    /// <exception cref="FormatException">The fact violates the contract.</exception>
    public static Change Of(SessionFact fact) => fact.FactCase switch
    {
        SessionFact.FactOneofCase.Updated => Of(fact.Updated.Document),
        SessionFact.FactOneofCase.Closed => Of(fact.Closed.Document),
        SessionFact.FactOneofCase.Retracted => Of(fact.Retracted),
        _ => throw new FormatException("The session fact is empty."),
    };

    /// <summary>Deduplicates changes: keeps the one of the highest revision for each session.</summary>
    public static IReadOnlyCollection<Change> Newest(IEnumerable<Change> changes)
    {
        var newest = new Dictionary<DocumentKey, Change>();
        foreach (var change in changes)
        {
            if (!newest.TryGetValue(change.Key, out var other) || other.Revision < change.Revision)
                newest[change.Key] = change;
        }

        return newest.Values;
    }

    private static Change Of(SessionDocument? document)
    {
        if (document?.Session is not { StartedAt: not null } session)
            throw new FormatException("The session snapshot lacks its session or start time.");
        return new Change(
            KeyOf(session.SiteId, session.VisitorId, session.SessionId),
            session.StartedAt.ToDateTime(),
            session.Revision,
            document);
    }

    private static Change Of(SessionRetracted retracted) => retracted.StartedAt is null
        ? throw new FormatException("The retracted session lacks its start time.")
        : new Change(
            KeyOf(retracted.SiteId, retracted.VisitorId, retracted.SessionId),
            retracted.StartedAt.ToDateTime(),
            retracted.Revision,
            Document: null);

    private static DocumentKey KeyOf(string siteId, string visitorId, string sessionId) =>
        siteId.Length == 0 || visitorId.Length == 0
            ? throw new FormatException("The session fact lacks its site or visitor.")
            : new DocumentKey(siteId, visitorId, Guid.Parse(sessionId));
}
