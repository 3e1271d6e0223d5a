using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.FunnelReports.Attempts;

namespace SessionPlatform.Funnel.FunnelReports;

/// <summary>A session, as far as a funnel looks at it.</summary>
/// <param name="IsSelected">The report is about it; else it only tells what happened for the first time.</param>
/// <param name="Events">Those that the funnel looks at; <see cref="MarkedEvent.Session"/> is not set yet.</param>
/// <param name="Timeline">All of its events; null where nobody asked.</param>
internal sealed record ActorSession(
    Guid Id,
    string VisitorId,
    DateTime StartedAt,
    bool IsSelected,
    IReadOnlyList<MarkedEvent> Events,
    IReadOnlyList<TimelineEvent>? Timeline);

/// <summary>Whose events one attempt is made of.</summary>
/// <param name="Id">The session's, visitor's or user's.</param>
/// <param name="Key">Tells a user and a visitor of the same id apart, too.</param>
/// <param name="Sessions">What <see cref="MarkedEvent.Session"/> counts.</param>
/// <param name="Events">In order of time.</param>
internal sealed record Actor(
    string Id, string Key, IReadOnlyList<ActorSession> Sessions, MarkedEvent[] Events)
{
    public ActorSession SessionOf(int index) => Sessions[Events[index].Session];
}
