using System.Runtime.InteropServices;

namespace SessionPlatform.Funnel.FunnelReports.Scanning;

/// <summary>
/// Where a session is to be found, with what everybody asks of it: the sessions of a person are far apart, and a record of
/// each beside the other is got at once.
/// </summary>
/// <param name="Start">In microseconds since 1970.</param>
/// <param name="First">The first of its events that the funnel looks at, in the chunk.</param>
/// <param name="Events">How many of them there are.</param>
/// <param name="IsSelected">See <see cref="ScannedChunk"/>.</param>
internal readonly record struct SessionPlace(
    ScannedChunk Chunk, int Session, long Start, int First, int Events, bool IsSelected);

/// <summary>The sessions of all chunks of which a funnel looks at events, to be had person by person.</summary>
internal sealed class PersonSessions(FunnelReportOptions bounds)
{
    private readonly List<ScannedChunk> chunks = [];
    // By person, from 0.
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

    /// <summary>Sessions by person, each person's as they came, and where those of each begin.</summary>
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
