using Google.Protobuf;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Sessionizer.Sessions;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>A session to store.</summary>
internal sealed class SessionRow
{
    public SessionRow(StreamId stream, SessionAccumulator folded)
    {
        Stream = stream;
        Folded = folded;
        var state = folded.ToState();
        Session = state.Document.Session;
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

    public SessionAddress Address => new(Stream, Folded.First.OccurredAt, Folded.SessionId);

    /// <summary>The session without the facts that are columns of their own.</summary>
    public Session Session { get; }

    /// <summary>Protobuf SessionState, the same.</summary>
    public byte[] State { get; }
}
