using Google.Protobuf;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Sessionizer.Sessions;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>A session to store.</summary>
internal sealed class SessionRow
{
    /// <param name="stream">Its stream.</param>
    /// <param name="folded">What it is now.</param>
    /// <param name="record">What is stored of it; null: nothing, or a tombstone.</param>
    public SessionRow(StreamId stream, SessionAccumulator folded, SessionRecord? record)
    {
        Stream = stream;
        Folded = folded;
        Record = record;
        var state = folded.ToState();
        Session = state.Document.Session;
        Journey = folded.OmitsJourney ? null : TakeJourney(state);
        Timeline = folded.OmitsTimeline ? null : TakeTimeline(state);
        // These are columns of their own, which change without the fold.
        Session.StartReason = Session.Types.BoundaryReason.Unspecified;
        Session.ClearEndReason();
        Session.IsNew = false;
        Session.Revision = 0;
        Session.Closed = false;
        State = state.ToByteArray();
    }

    public StreamId Stream { get; }

    public SessionAccumulator Folded { get; }

    public SessionRecord? Record { get; }

    public SessionAddress Address => new(Stream, Folded.First.OccurredAt, Folded.SessionId);

    /// <summary>When it is over, in microseconds since 1970.</summary>
    public long OverAt => Folded.Last.OccurredAt + Folded.Rules.Timeout;

    /// <summary>The session without journey and the facts that are columns of their own.</summary>
    public Session Session { get; }

    /// <summary>Protobuf SessionState, the same.</summary>
    public byte[] State { get; }

    /// <summary>Protobuf SessionState, the journey alone; null: as stored.</summary>
    public byte[]? Journey { get; }

    /// <summary>Protobuf SessionState, the timeline alone; null: as stored.</summary>
    public byte[]? Timeline { get; }

    /// <summary>Protobuf SessionHistory, this change included. Behind a tombstone's, should there be one.</summary>
    public byte[] History { get; private set; } = [];

    /// <summary>Notes what made the change.</summary>
    public SessionRow Because(HistoryEntry entry)
    {
        History = RevisionHistory.Add(Record?.History ?? [], entry);
        return this;
    }

    private static byte[] TakeJourney(SessionState state)
    {
        var journey = new SessionState { Document = new() { Session = new() } };
        journey.Document.Session.Journey.AddRange(state.Document.Session.Journey);
        state.Document.Session.Journey.Clear();
        return journey.ToByteArray();
    }

    private static byte[] TakeTimeline(SessionState state)
    {
        var timeline = new SessionState { Document = new() };
        timeline.Document.Timeline.AddRange(state.Document.Timeline);
        state.Document.Timeline.Clear();
        return timeline.ToByteArray();
    }
}
