using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.FunnelReports.Attempts;

namespace SessionPlatform.Funnel.FunnelReports;

/// <summary>Makes actors out of a person's sessions. Pure.</summary>
internal sealed class ActorMaker(FunnelPlan plan)
{
    // As PersonSql has it: "u:" or "v:" before the id.
    private const int PersonPrefix = 2;

    /// <summary>One with all selected sessions, or one for each of them.</summary>
    /// <param name="person">The key of the visitor or user; null: nobody asks who it is.</param>
    /// <param name="sessions">All of the person's that were read.</param>
    public IEnumerable<Actor> Make(string? person, List<ActorSession> sessions)
    {
        sessions.Sort(static (one, other) =>
            one.StartedAt != other.StartedAt
                ? one.StartedAt.CompareTo(other.StartedAt)
                : string.CompareOrdinal(one.Id.ToString(), other.Id.ToString()));
        var events = Merge(sessions);
        if (plan.FirstTimeOnly != 0)
            KeepFirst(events);
        if (plan.Unit != Unit.Session)
        {
            var id = plan.Unit == Unit.User ? person?[PersonPrefix..] : person;
            yield return new Actor(
                id ?? "", person ?? "", sessions,
                sessions.TrueForAll(session => session.IsSelected)
                    ? events
                    : [.. events.Where(happened => sessions[happened.Session].IsSelected)]);
            yield break;
        }

        var bySession = events.ToLookup(happened => happened.Session);
        for (var index = 0; index < sessions.Count; index++)
        {
            var id = person is null ? "" : sessions[index].Id.ToString();
            if (sessions[index].IsSelected)
                yield return new Actor(id, id, sessions, [.. bySession[index]]);
        }
    }

    /// <summary>In order of time; what is at the same time keeps its order, of sessions that of their begin.</summary>
    private static MarkedEvent[] Merge(List<ActorSession> sessions)
    {
        var events = new MarkedEvent[sessions.Sum(session => session.Events.Count)];
        var (count, isOrdered) = (0, true);
        for (var index = 0; index < sessions.Count; index++)
        {
            var own = sessions[index].Events;
            for (var each = 0; each < own.Count; each++)
            {
                isOrdered &= count == 0 || events[count - 1].At <= own[each].At;
                events[count++] = own[each] with { Session = index };
            }
        }

        return isOrdered ? events : [.. events.OrderBy(happened => happened.At)];
    }

    private void KeepFirst(MarkedEvent[] events)
    {
        var seen = 0u;
        foreach (ref var happened in events.AsSpan())
        {
            var again = happened.Marks.Steps & plan.FirstTimeOnly & seen;
            seen |= happened.Marks.Steps;
            happened = happened with
            {
                Marks = happened.Marks with { Steps = happened.Marks.Steps & ~again },
                NotFirst = again,
            };
        }
    }
}
