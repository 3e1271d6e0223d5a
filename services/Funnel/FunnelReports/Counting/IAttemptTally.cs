using SessionPlatform.Funnel.FunnelReports.Attempts;

namespace SessionPlatform.Funnel.FunnelReports.Counting;

/// <summary>Counts attempts.</summary>
internal interface IAttemptTally
{
    /// <param name="events">Of the actor; good for this call only.</param>
    /// <param name="sessions">What <see cref="MarkedEvent.Session"/> counts.</param>
    void Add(Attempt attempt, ReadOnlySpan<MarkedEvent> events, IActorSessions sessions);
}

/// <summary>The sessions of an actor.</summary>
internal interface IActorSessions
{
    /// <summary>The number of the visitor.</summary>
    int VisitorOf(int session);

    /// <summary>The value of the breakdown; empty: there is none.</summary>
    string ValueOf(int session);
}
