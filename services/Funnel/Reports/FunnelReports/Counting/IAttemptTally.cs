using SessionPlatform.Funnel.Funnels.Attempts;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Counting;

/// <summary>An accumulator of attempts.</summary>
internal interface IAttemptTally
{
    /// <summary>Adds an attempt.</summary>
    /// <param name="events">The events of the actor, valid only during the call.</param>
    /// <param name="sessions">The sessions that <see cref="MarkedEvent.Session"/> indexes.</param>
    void Add(Attempt attempt, ReadOnlySpan<MarkedEvent> events, IActorSessions sessions);

    /// <summary>Returns an empty accumulator of the same kind, for use on another thread.</summary>
    IAttemptTally CreateEmpty();

    /// <summary>Merges an accumulator of the same kind, which must not be used afterwards.</summary>
    void Add(IAttemptTally other);
}

/// <summary>The sessions of an actor.</summary>
internal interface IActorSessions
{
    /// <summary>Returns the number of the visitor of a session.</summary>
    int VisitorOf(int session);

    /// <summary>Returns the breakdown value of a session; empty without a breakdown.</summary>
    string ValueOf(int session);
}
