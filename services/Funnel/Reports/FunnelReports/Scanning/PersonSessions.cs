using System.Runtime.InteropServices;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Reports.FunnelReports.Counting;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Scanning;

/// <summary>
/// The position of a session, with its most used values. The sessions of a person are far apart in memory, whereas
/// these records are adjacent.
/// </summary>
/// <param name="Start">The start in microseconds since 1970.</param>
/// <param name="First">The index of its first relevant event in the chunk.</param>
/// <param name="Events">The number of its relevant events.</param>
/// <param name="IsSelected">See <see cref="ScannedChunk"/>.</param>
internal readonly record struct SessionPlace(
    ScannedChunk Chunk, int Session, long Start, int First, int Events, bool IsSelected);

/// <summary>Groups the sessions of all chunks with relevant events by person.</summary>
internal sealed class PersonSessions(FunnelReportOptions bounds)
{
    private readonly List<ScannedChunk> chunks = [];
    // Indexed by person.
    private readonly List<int> counts = [];
    private int total;
    private long events;

    public void Add(ScannedChunk chunk)
    {
        chunks.Add(chunk);
        for (var session = 0; session < chunk.Sessions; session++)
        {
            var own = chunk.EventsOf(session);
            if (own == 0)
                continue;
            events += own;
            total++;
            var person = chunk.PersonOf(session);
            if (person >= counts.Count)
                CollectionsMarshal.SetCount(counts, person + 1);
            CollectionsMarshal.AsSpan(counts)[person]++;
        }

        if (events > bounds.MaxEvents)
            throw TooLarge.Of(bounds.MaxEvents, "events that the funnel looks at");
    }

    /// <summary>
    /// Returns the sessions sorted by person, in their order of arrival, and the start of those of each person.
    /// </summary>
    public (SessionPlace[] Sessions, int[] Begins) ByPerson()
    {
        var begins = new int[counts.Count + 1];
        for (var person = 0; person < counts.Count; person++)
            begins[person + 1] = begins[person] + counts[person];
        var next = begins[..^1];
        var sessions = new SessionPlace[total];
        foreach (var chunk in chunks)
        {
            for (var session = 0; session < chunk.Sessions; session++)
            {
                if (chunk.EventsOf(session) > 0)
                    sessions[next[chunk.PersonOf(session)]++] = chunk.PlaceOf(session);
            }
        }

        return (sessions, begins);
    }
}
