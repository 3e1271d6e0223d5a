using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Funnels.Attempts;

namespace SessionPlatform.Funnel.Reports.FunnelReports;

/// <summary>Creates actors from the sessions of a person, as a pure function.</summary>
internal sealed class ActorMaker(FunnelPlan plan)
{
    // The key has the prefix "u:" or "v:", see PersonSql.
    private const int PersonPrefix = 2;

    /// <summary>Returns one actor with all selected sessions, or one for each session, depending on the unit.</summary>
    /// <param name="person">The key of the visitor or user.</param>
    /// <param name="sessions">All sessions of the person that were read.</param>
    public IEnumerable<Actor> Make(string person, List<ActorSession> sessions)
    {
        sessions.Sort(static (one, other) =>
            one.StartedAt != other.StartedAt
                ? one.StartedAt.CompareTo(other.StartedAt)
                : string.CompareOrdinal(one.Id.ToString(), other.Id.ToString()));
        var events = Merge(sessions);
        if (plan.FirstTimeOnly != 0)
            ActorEvents.KeepFirst(events, plan.FirstTimeOnly);
        if (plan.Unit != Unit.Session)
        {
            yield return new Actor(
                plan.Unit == Unit.User ? person[PersonPrefix..] : person, person, sessions,
                sessions.TrueForAll(session => session.IsSelected)
                    ? events
                    : [.. events.Where(happened => sessions[happened.Session].IsSelected)]);
            yield break;
        }

        var bySession = events.ToLookup(happened => happened.Session);
        for (var index = 0; index < sessions.Count; index++)
        {
            var id = sessions[index].Id.ToString();
            if (sessions[index].IsSelected)
                yield return new Actor(id, id, sessions, [.. bySession[index]]);
        }
    }

    private static MarkedEvent[] Merge(List<ActorSession> sessions)
    {
        var events = new MarkedEvent[sessions.Sum(session => session.Events.Count)];
        var count = 0;
        for (var index = 0; index < sessions.Count; index++)
        {
            foreach (var happened in sessions[index].Events)
                events[count++] = happened with { Session = index };
        }

        ActorEvents.Order(events);
        return events;
    }
}
