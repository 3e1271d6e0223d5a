using System.Diagnostics;
using Google.Protobuf;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Sessionizer.Sessions;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>A row of <c>sessions</c>: what the fold made of the events, and what the store knows beyond that.</summary>
/// <param name="Events">How many events it has.</param>
/// <param name="OverAt">When it is over, in microseconds since 1970.</param>
/// <param name="History">Protobuf SessionHistory.</param>
/// <param name="State">Protobuf SessionState without the facts that are columns of their own.</param>
/// <param name="Journey">Protobuf SessionState, the journey alone; null: full, and not loaded.</param>
/// <param name="Timeline">Protobuf SessionState, the timeline alone; null: full, and not loaded.</param>
internal sealed record SessionRecord(
    SessionAddress Address,
    int Revision,
    bool Closed,
    bool Retracted,
    BoundaryReason StartReason,
    BoundaryReason? EndReason,
    bool IsNew,
    int Events,
    long OverAt,
    byte[] History,
    byte[] State,
    byte[]? Journey,
    byte[]? Timeline)
{
    /// <summary>The trace that the outbox carries for it; default when there is none.</summary>
    public ActivityContext Trace { get; init; }

    /// <summary>About how much memory it takes.</summary>
    public int Bytes => State.Length + (Journey?.Length ?? 0) + (Timeline?.Length ?? 0);

    /// <summary>What a late event needs to know of it.</summary>
    public StoredSession ToHeader()
    {
        var state = SessionState.Parser.ParseFrom(State);
        return new(
            Address.SessionId,
            EventKey.Of(Address.StartedAt, state.FirstSequence, state.FirstEventId),
            EventKey.Of(
                Microseconds.From(state.Document.Session.EndedAt), state.LastSequence, state.LastEventId),
            StartReason,
            IsNew);
    }

    /// <summary>The session as others see it; it must have been loaded whole.</summary>
    public SessionDocument ToDocument() => ToState().Document;

    /// <summary>The fold's state, to go on from.</summary>
    public SessionAccumulator Resume(RulesTimeline rules) =>
        SessionAccumulator.FromState(ToState(), rules.At(Address.StartedAt));

    /// <summary>Whether a fold yields just what is stored, so that nothing has to be written or announced.</summary>
    public bool IsSameAs(SessionRow row) =>
        StartReason == row.Folded.StartReason
        && IsNew == row.Folded.IsNew
        // The clock ended it; the fold does not know the clock.
        && (EndReason == row.Folded.EndReason
            || (EndReason == BoundaryReason.Timeout && row.Folded.EndReason is null))
        && State.AsSpan().SequenceEqual(row.State)
        && IsKept(Journey, row.Journey)
        && IsKept(Timeline, row.Timeline);

    // What the fold leaves out stays as it is stored.
    private static bool IsKept(byte[]? stored, byte[]? folded) =>
        folded is null || (stored is not null && stored.AsSpan().SequenceEqual(folded));

    private SessionState ToState()
    {
        var state = SessionState.Parser.ParseFrom(State);
        if (Journey is not null)
            state.MergeFrom(Journey);
        if (Timeline is not null)
            state.MergeFrom(Timeline);
        var session = state.Document?.Session
            ?? throw new InvalidDataException("A stored session without a session.");
        session.MergeFrom(ColumnsOnly());
        return state;
    }

    /// <summary>Of the session what is not in <see cref="State"/>: columns of their own.</summary>
    public Session ColumnsOnly()
    {
        var session = new Session { StartReason = StartReason, IsNew = IsNew, Revision = Revision, Closed = Closed };
        if (EndReason is { } endReason)
            session.EndReason = endReason;
        return session;
    }
}
