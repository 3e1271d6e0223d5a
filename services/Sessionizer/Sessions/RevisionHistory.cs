using Google.Protobuf;
using SessionPlatform.Contracts.Sessions.V1;
using static SessionPlatform.Contracts.Sessions.V1.SessionRevision.Types;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>What made each revision of a session, kept short however often it changes.</summary>
internal static class RevisionHistory
{
    private const int MostEntries = 50;

    /// <summary>The bytes of a single entry: a history of its own, or the continuation of one they are put behind.</summary>
    public static byte[] Of(HistoryEntry entry) => new SessionHistory { Entries = { entry } }.ToByteArray();

    /// <summary>A history that goes on with an entry.</summary>
    public static byte[] Add(byte[] history, HistoryEntry entry)
    {
        if (history.Length == 0)
            return Of(entry);
        if (!TryParse(history, out var entries))
            return Of(entry);
        if (entries.Entries.Count > 0 && CanJoin(entries.Entries[^1], entry))
            Join(entries.Entries[^1], entry);
        else
            entries.Entries.Add(entry);
        while (entries.Entries.Count > MostEntries)
            SumUpOldest(entries);
        return entries.ToByteArray();
    }

    /// <summary>As others see it, with the numbers of the revisions.</summary>
    public static IEnumerable<SessionRevision> Read(byte[] history)
    {
        var last = 0;
        foreach (var entry in SessionHistory.Parser.ParseFrom(history).Entries)
        {
            var first = last + 1;
            last += entry.Revisions;
            yield return new SessionRevision
            {
                FirstRevision = first,
                LastRevision = last,
                Cause = entry.Cause,
                At = Microseconds.ToTimestamp(entry.At),
                NewEvents = (uint)entry.NewEvents,
                Retracted = { entry.Retracted.Select(id => SessionIds.Format(new Guid(id.Span, bigEndian: true))) },
                IsRetraction = entry.IsRetraction,
            };
        }
    }

    // What cannot be read must not keep a repair from mending the rest.
    private static bool TryParse(byte[] history, out SessionHistory parsed)
    {
        try
        {
            parsed = SessionHistory.Parser.ParseFrom(history);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            parsed = new();
            return false;
        }
    }

    // A busy session is mostly one cause, over and over.
    private static bool CanJoin(HistoryEntry last, HistoryEntry next) =>
        last.Cause == next.Cause && next.Cause is Cause.NewerEvents or Cause.LateEvents
        && !last.IsRetraction && !next.IsRetraction && last.Retracted.Count + next.Retracted.Count == 0;

    private static void Join(HistoryEntry last, HistoryEntry next)
    {
        last.Revisions += next.Revisions;
        last.NewEvents += next.NewEvents;
        last.At = next.At;
    }

    private static void SumUpOldest(SessionHistory history)
    {
        var (oldest, next) = (history.Entries[0], history.Entries[1]);
        Join(oldest, next);
        oldest.Cause = Cause.Earlier;
        oldest.IsRetraction = false;
        oldest.Retracted.Clear();
        history.Entries.RemoveAt(1);
    }
}
