using System.Buffers;
using System.Diagnostics;
using Google.Protobuf;
using SessionPlatform.Contracts;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Publishing;

/// <summary>
/// Writes a <see cref="SessionsPublished"/> from sessions as they are stored. Their documents are stored encoded, in
/// parts, and parts of a message one after the other are the whole message: so nothing is decoded to be encoded again.
/// </summary>
internal sealed class EncodedFacts(int partition)
{
    private const int FactsTag = (SessionsPublished.FactsFieldNumber << 3) | 2;
    private const int UpdatedTag = (SessionFact.UpdatedFieldNumber << 3) | 2;
    private const int ClosedTag = (SessionFact.ClosedFieldNumber << 3) | 2;
    private const int DocumentTag = (SessionUpdated.DocumentFieldNumber << 3) | 2;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public int Partition => partition;

    /// <summary>Facts so far.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes so far.</summary>
    public int Length => _bytes.WrittenCount;

    /// <summary>
    /// The trace that the message continues: that of its first session that is traced; default when none is.
    /// </summary>
    public ActivityContext Trace { get; private set; }

    /// <summary>Adds the fact of a session.</summary>
    public void Add(SessionRecord session)
    {
        Count++;
        if (Trace == default)
            Trace = session.Trace;
        if (session.Retracted)
            AddRetracted(session);
        else
            AddDocument(session);
    }

    /// <summary>The message.</summary>
    public byte[] ToMessage()
    {
        _bytes.Write(new SessionsPublished { Partition = partition }.ToByteArray());
        return _bytes.WrittenSpan.ToArray();
    }

    private void AddRetracted(SessionRecord session)
    {
        var known = session.ToDocument().Session;
        var fact = new SessionFact
        {
            Retracted = new()
            {
                SessionId = known.SessionId,
                SiteId = known.SiteId,
                VisitorId = known.VisitorId,
                StartedAt = known.StartedAt,
                Revision = session.Revision,
            },
        }.ToByteArray();
        AddVarint(FactsTag);
        AddVarint(fact.Length);
        _bytes.Write(fact);
    }

    private void AddDocument(SessionRecord session)
    {
        var columns = new SessionDocument { Session = session.ColumnsOnly() }.ToByteArray();
        var state = DocumentOf(session.State);
        var journey = DocumentOf(session.Journey);
        var timeline = DocumentOf(session.Timeline);
        var document = state.Length + journey.Length + timeline.Length + columns.Length;
        var snapshot = 1 + VarintLength(document) + document;
        AddVarint(FactsTag);
        AddVarint(1 + VarintLength(snapshot) + snapshot);
        AddVarint(session.Closed ? ClosedTag : UpdatedTag);
        AddVarint(snapshot);
        AddVarint(DocumentTag);
        AddVarint(document);
        _bytes.Write(state.Span);
        _bytes.Write(journey.Span);
        _bytes.Write(timeline.Span);
        _bytes.Write(columns);
    }

    private static ReadOnlyMemory<byte> DocumentOf(byte[]? state)
    {
        var fields = new EncodedFields(state);
        while (fields.MoveNext())
        {
            if (fields.Number == SessionState.DocumentFieldNumber)
                return fields.Content;
        }

        return default;
    }

    private static int VarintLength(int value) => CodedOutputStream.ComputeLengthSize(value);

    private void AddVarint(int value)
    {
        var left = (uint)value;
        var bytes = _bytes.GetSpan(5);
        var length = 0;
        for (; left >= 0x80; left >>= 7)
            bytes[length++] = (byte)(left | 0x80);
        bytes[length++] = (byte)left;
        _bytes.Advance(length);
    }
}
