using SessionPlatform.Funnel.FunnelReports.Attempts;

namespace SessionPlatform.Funnel.FunnelReports.Counting;

/// <summary>Counts attempts.</summary>
internal interface IAttemptTally
{
    /// <param name="events">Of the actor; good for this call only.</param>
    /// <param name="sessions">What <see cref="MarkedEvent.Session"/> counts.</param>
    void Add(Attempt attempt, ReadOnlySpan<MarkedEvent> events, IActorSessions sessions);

    /// <summary>One like it without attempts, to count others at the same time.</summary>
    IAttemptTally CreateEmpty();

    /// <summary>Adds all that one like it has counted, which counts no more.</summary>
    void Add(IAttemptTally other);
}

/// <summary>The sessions of an actor.</summary>
internal interface IActorSessions
{
    /// <summary>The number of the visitor.</summary>
    int VisitorOf(int session);

    /// <summary>The value of the breakdown; empty: there is none.</summary>
    string ValueOf(int session);
}
