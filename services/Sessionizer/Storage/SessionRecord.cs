using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Sessionizer.Sessions;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>A row of <c>sessions</c>: what the fold made of the events, and what the store knows beyond that.</summary>
/// <param name="State">Protobuf SessionState without the facts that are columns of their own.</param>
internal sealed record SessionRecord(
    SessionAddress Address,
    int Revision,
    bool Closed,
    bool Retracted,
    BoundaryReason StartReason,
    BoundaryReason? EndReason,
    bool IsNew,
    byte[] State)
{
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

    /// <summary>The session as others see it.</summary>
    public SessionDocument ToDocument() => ToState().Document;

    /// <summary>The fold's state, to go on from.</summary>
    public SessionAccumulator Resume(SessionRules rules) => SessionAccumulator.FromState(ToState(), rules);

    /// <summary>Whether a fold yields just what is stored, so that nothing has to be written or announced.</summary>
    public bool IsSameAs(SessionRow row) =>
        StartReason == row.Folded.StartReason
        && IsNew == row.Folded.IsNew
        // The clock ended it; the fold does not know the clock.
        && (EndReason == row.Folded.EndReason
            || (EndReason == BoundaryReason.Timeout && row.Folded.EndReason is null))
        && State.AsSpan().SequenceEqual(row.State);

    private SessionState ToState()
    {
        var state = SessionState.Parser.ParseFrom(State);
        var session = state.Document.Session;
        session.StartReason = StartReason;
        if (EndReason is { } endReason)
            session.EndReason = endReason;
        session.IsNew = IsNew;
        session.Revision = Revision;
        session.Closed = Closed;
        return state;
    }
}
