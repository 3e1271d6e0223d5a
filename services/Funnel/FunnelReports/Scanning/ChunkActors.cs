using Npgsql;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.FunnelReports.Attempts;
using static SessionPlatform.Funnel.Columns.FactColumns;

namespace SessionPlatform.Funnel.FunnelReports.Scanning;

/// <summary>Takes a session with the events that a funnel looks at; there are some.</summary>
internal delegate void AddSession(ScannedSession session, ReadOnlySpan<MarkedEvent> events);

/// <summary>Reads the sessions of chunks.</summary>
/// <param name="filter">Which sessions the report is about.</param>
internal sealed class ChunkActors(
    ITimelineMarks marks, SessionFilter filter, Persons persons, BreakdownTexts values, FunnelPlan plan)
{
    private readonly bool keepsAll = plan.Shape.Order == FunnelShape.Kind.Strict;
    private MarkedEvent[] events = [];

    /// <param name="connection">With the snapshot of the report.</param>
    /// <param name="readsAll">Sessions, too, that the report is not about.</param>
    /// <returns>How many sessions were read.</returns>
    public async Task<int> ReadAsync(
        NpgsqlConnection connection, Chunk chunk, bool readsAll, AddSession add, CancellationToken cancellationToken)
    {
        var selected = filter.Select(chunk);
        var read = selected;
        if (readsAll)
        {
            read = new bool[selected.Length];
            Array.Fill(read, true);
        }

        var marked = await marks.MarkAsync(connection, chunk, read, cancellationToken);
        var numbers = await values.ReadAsync(chunk, cancellationToken);
        var (begins, starts, person) = (chunk.BeginsOf(Timeline), chunk.Of(StartedAt), persons.Of(chunk));
        var (visitors, ids) = (chunk.Of(FactColumns.Visitor), chunk.Has(SessionId) ? chunk.Of(SessionId) : null);
        var offsets = chunk.Of(TimelineOffset);
        var sessions = 0;
        for (var session = 0; session < read.Length; session++)
        {
            if (!read[session])
                continue;
            sessions++;
            var start = DateTime.UnixEpoch.Ticks + (starts[session] * TimeSpan.TicksPerMicrosecond);
            var own = begins[session]..begins[session + 1];
            var count = Keep(marked.AsSpan(own), offsets.AsSpan(own), start);
            if (count == 0)
                continue;
            add(
                new ScannedSession(
                    person[session], ids?[session] ?? Guid.Empty, visitors[session], start, selected[session],
                    numbers is null ? "" : values.Of(numbers[session]), FirstEvent: 0, count),
                events.AsSpan(0, count));
        }

        return sessions;
    }

    /// <returns>How many events are kept.</returns>
    private int Keep(ReadOnlySpan<Marks> marked, ReadOnlySpan<long> offsets, long start)
    {
        if (events.Length < marked.Length)
            events = new MarkedEvent[2 * marked.Length];
        var count = 0;
        for (var number = 0; number < marked.Length; number++)
        {
            if (keepsAll || marked[number] != default)
                events[count++] = new MarkedEvent(start + offsets[number], 0, number, marked[number], 0, Page: null);
        }

        return count;
    }
}
