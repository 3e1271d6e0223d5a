using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Funnels.Attempts;
using SessionPlatform.Funnel.Reports.FunnelReports.Counting;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Scanning;

/// <summary>Finds the attempts of one person after the other and adds them to an accumulator.</summary>
/// <param name="isInOrder">Whether sessions arrive in the order of time.</param>
internal sealed class AttemptFinder(
    FunnelPlan plan,
    BreakdownTexts values,
    IAttemptTally tally,
    bool isInOrder,
    FunnelReportOptions bounds) : IActorSessions
{
    private static readonly Comparison<SessionPlace> InTime = static (one, other) =>
        one.Start != other.Start
            ? one.Start.CompareTo(other.Start)
            : one.Chunk.IdOf(one.Session).CompareTo(other.Chunk.IdOf(other.Session));

    private readonly IMatcher matcher = plan.Shape.CreateMatcher();
    private SessionPlace[] sessions = new SessionPlace[16];
    private MarkedEvent[] events = new MarkedEvent[64];

    /// <summary>Adds the attempt of all selected sessions together, or of each one, depending on the unit.</summary>
    /// <param name="own">All relevant sessions of a person.</param>
    public void Count(ReadOnlySpan<SessionPlace> own)
    {
        var all = Read(own);
        ActorEvents.Order(all);
        if (plan.FirstTimeOnly != 0)
            ActorEvents.KeepFirst(all, plan.FirstTimeOnly);
        if (plan.Unit != Unit.Session)
            CountOne(Selected(all, own.Length));
        else if (own.Length == 1)
            CountOne(Selected(all, 1));
        else
            CountEach(all, own.Length);
    }

    public int VisitorOf(int session) => sessions[session].Chunk.VisitorOf(sessions[session].Session);

    public string ValueOf(int session) =>
        sessions[session].Chunk.ValueOf(sessions[session].Session) is { } number ? values.Of(number) : "";

    private bool IsSelected(int session) => sessions[session].IsSelected;

    private Span<MarkedEvent> Read(ReadOnlySpan<SessionPlace> own)
    {
        if (sessions.Length < own.Length)
            sessions = new SessionPlace[2 * own.Length];
        own.CopyTo(sessions);
        if (!isInOrder)
            sessions.AsSpan(0, own.Length).Sort(InTime);
        var count = 0;
        for (var index = 0; index < own.Length; index++)
        {
            ref readonly var place = ref sessions[index];
            var more = place.Events;
            if (count + more > bounds.MaxActorEvents)
                throw TooLarge.Of(bounds.MaxActorEvents, "events of one visitor or user");
            if (count + more > events.Length)
                Array.Resize(ref events, 2 * (count + more));
            place.Chunk.CopyTo(events.AsSpan(count), place, index);
            count += more;
        }

        return events.AsSpan(0, count);
    }

    /// <summary>Removes the events of sessions that the report does not cover.</summary>
    private Span<MarkedEvent> Selected(Span<MarkedEvent> all, int count)
    {
        var areAll = true;
        for (var session = 0; session < count; session++)
            areAll &= IsSelected(session);
        if (areAll)
            return all;
        var kept = 0;
        foreach (var happened in all)
        {
            if (IsSelected(happened.Session))
                all[kept++] = happened;
        }

        return all[..kept];
    }

    private void CountEach(Span<MarkedEvent> all, int count)
    {
        ActorEvents.Separate(all);
        var first = 0;
        for (var session = 0; session < count; session++)
        {
            var end = first;
            while (end < all.Length && all[end].Session == session)
                end++;
            if (IsSelected(session))
                CountOne(all[first..end]);
            first = end;
        }
    }

    private void CountOne(ReadOnlySpan<MarkedEvent> of)
    {
        if (matcher.Find(of) is { } attempt)
            tally.Add(attempt, of, this);
    }
}
