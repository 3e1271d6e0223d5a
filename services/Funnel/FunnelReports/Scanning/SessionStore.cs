using SessionPlatform.Funnel.FunnelReports.Attempts;

namespace SessionPlatform.Funnel.FunnelReports.Scanning;

/// <summary>A session of which a funnel looks at events.</summary>
/// <param name="Person">Whose it is.</param>
/// <param name="StartedAt">In ticks.</param>
/// <param name="Value">Of the breakdown.</param>
/// <param name="FirstEvent">Of its own, among those of all.</param>
internal readonly record struct ScannedSession(
    int Person, Guid Id, int Visitor, long StartedAt, bool IsSelected, string Value, int FirstEvent, int Events);

/// <summary>
/// The sessions of all persons with the events that a funnel looks at, to be had person by person. 16 bytes an event, 80
/// a session.
/// </summary>
internal sealed class SessionStore(FunnelReportOptions bounds)
{
    private readonly List<ScannedSession> sessions = [];
    private readonly List<(long At, Marks Marks)> events = [];

    // By person: whether there is an event of some step; without one there is no attempt.
    private bool[] haveSteps = [];

    public void Add(ScannedSession session, ReadOnlySpan<MarkedEvent> own)
    {
        if (events.Count + own.Length > bounds.MaxEvents)
            throw TooLarge.Of(bounds.MaxEvents, "events that the funnel looks at");
        sessions.Add(session with { FirstEvent = events.Count, Events = own.Length });
        if (session.Person >= haveSteps.Length)
            Array.Resize(ref haveSteps, Math.Max(session.Person + 1, 2 * haveSteps.Length));
        foreach (var happened in own)
        {
            haveSteps[session.Person] |= happened.Marks.Steps != 0;
            events.Add((happened.At, happened.Marks));
        }
    }

    /// <summary>
    /// All sessions of a person who took some step, then of the next one; what it yields is good until then.
    /// </summary>
    public IEnumerable<List<ActorSession>> ByPerson(CancellationToken cancellationToken)
    {
        var (order, begins) = Grouped();
        var own = new List<ActorSession>();
        for (var person = 0; person + 1 < begins.Length; person++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (begins[person] == begins[person + 1] || !haveSteps[person])
                continue;
            own.Clear();
            var looked = 0;
            foreach (var index in order.AsSpan(begins[person]..begins[person + 1]))
            {
                looked += sessions[index].Events;
                if (looked > bounds.MaxActorEvents)
                    throw TooLarge.Of(bounds.MaxActorEvents, "events of one visitor or user");
                own.Add(Of(sessions[index]));
            }

            yield return own;
        }
    }

    private ActorSession Of(in ScannedSession session)
    {
        var own = new MarkedEvent[session.Events];
        for (var index = 0; index < own.Length; index++)
        {
            var (at, marks) = events[session.FirstEvent + index];
            own[index] = new MarkedEvent(at, Session: 0, index, marks, NotFirst: 0, Page: null);
        }

        return new ActorSession(
            session.Id,
            new Visitor(session.Visitor),
            new DateTime(session.StartedAt, DateTimeKind.Utc),
            session.IsSelected,
            session.Value,
            own,
            Timeline: null);
    }

    /// <summary>Sessions by person, each person's as they came, and where those of each begin.</summary>
    private (int[] Order, int[] Begins) Grouped()
    {
        var persons = 0;
        foreach (var session in sessions)
            persons = Math.Max(persons, session.Person + 1);
        var begins = new int[persons + 1];
        foreach (var session in sessions)
            begins[session.Person + 1]++;
        for (var person = 0; person < persons; person++)
            begins[person + 1] += begins[person];
        var next = begins[..^1];
        var order = new int[sessions.Count];
        for (var index = 0; index < order.Length; index++)
            order[next[sessions[index].Person]++] = index;
        return (order, begins);
    }
}
