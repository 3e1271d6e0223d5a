using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Storage;

/// <summary>A session of a visitor of a site.</summary>
internal readonly record struct DocumentKey(string SiteId, string VisitorId, Guid SessionId);

/// <summary>Something that may change what a session contributes.</summary>
/// <param name="Key">The session.</param>
/// <param name="StartedAt">Its start, UTC.</param>
/// <param name="Revision">What is stored at this revision or a higher one stays.</param>
/// <param name="Document">Its new snapshot; null: it is retracted.</param>
/// <param name="IsRecount">No news: the stored snapshot is to be counted by the current configuration.</param>
/// <param name="Replaces">
/// A repair: what is stored at exactly this revision is wrong, and gives way even to the same or a lower revision. What
/// was stored since then is not what was found wrong, and stays by the common rule.
/// </param>
internal sealed record Change(
    DocumentKey Key,
    DateTime StartedAt,
    int Revision,
    SessionDocument? Document,
    bool IsRecount = false,
    int? Replaces = null)
{
    /// <summary>The stored snapshot is to be counted by the current configuration.</summary>
    public static Change Recount(DocumentKey key) => new(key, default, 0, null, IsRecount: true);

    /// <summary>What was found missing or wrong becomes this snapshot.</summary>
    /// <param name="document">As the Sessionizer has it.</param>
    /// <param name="replaces">The revision that was found wrong; null: nothing was stored.</param>
    /// <exception cref="FormatException">The snapshot is not one that the contract allows.</exception>
    public static Change Repair(SessionDocument document, int? replaces) => Of(document) with { Replaces = replaces };

    /// <summary>What is stored at this revision should not be there.</summary>
    public static Change Retract(DocumentKey key, DateTime startedAt, int revision) =>
        new(key, startedAt, revision, Document: null, Replaces: revision);

    /// <exception cref="FormatException">The fact is not one that the contract allows.</exception>
    public static Change Of(SessionFact fact) => fact.FactCase switch
    {
        SessionFact.FactOneofCase.Updated => Of(fact.Updated.Document),
        SessionFact.FactOneofCase.Closed => Of(fact.Closed.Document),
        SessionFact.FactOneofCase.Retracted => Of(fact.Retracted),
        _ => throw new FormatException("A session fact without a fact."),
    };

    /// <summary>Leaves one change of each session: that of the highest revision.</summary>
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
            throw new FormatException("A session snapshot without a session or its start.");
        return new Change(
            KeyOf(session.SiteId, session.VisitorId, session.SessionId),
            session.StartedAt.ToDateTime(),
            session.Revision,
            document);
    }

    private static Change Of(SessionRetracted retracted) => retracted.StartedAt is null
        ? throw new FormatException("A retracted session without its start.")
        : new Change(
            KeyOf(retracted.SiteId, retracted.VisitorId, retracted.SessionId),
            retracted.StartedAt.ToDateTime(),
            retracted.Revision,
            Document: null);

    private static DocumentKey KeyOf(string siteId, string visitorId, string sessionId) =>
        siteId.Length == 0 || visitorId.Length == 0
            ? throw new FormatException("A session fact without site or visitor.")
            : new DocumentKey(siteId, visitorId, Guid.Parse(sessionId));
}
