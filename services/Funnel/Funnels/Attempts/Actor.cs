using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Funnels.Attempts;

/// <summary>A session with the events that are relevant to a funnel.</summary>
/// <param name="IsSelected">
/// Whether the report covers the session; if not, it only tells which events are the first of their kind.
/// </param>
/// <param name="Events">The relevant events; <see cref="MarkedEvent.Session"/> is not set yet.</param>
/// <param name="Timeline">All events of the session; null when not requested.</param>
internal sealed record ActorSession(
    Guid Id,
    string VisitorId,
    DateTime StartedAt,
    bool IsSelected,
    IReadOnlyList<MarkedEvent> Events,
    IReadOnlyList<TimelineEvent>? Timeline);

/// <summary>The session, visitor or user whose events form one attempt.</summary>
/// <param name="Id">The id of the session, visitor or user.</param>
/// <param name="Key">A unique key, also where a user and a visitor have equal ids.</param>
/// <param name="Sessions">The sessions that <see cref="MarkedEvent.Session"/> indexes.</param>
/// <param name="Events">The events in order of time.</param>
internal sealed record Actor(
    string Id, string Key, IReadOnlyList<ActorSession> Sessions, MarkedEvent[] Events)
{
    public ActorSession SessionOf(int index) => Sessions[Events[index].Session];
}
