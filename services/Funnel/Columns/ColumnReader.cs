using System.Runtime.CompilerServices;
using Npgsql;
using SessionPlatform.Funnel.Metrics;
using Unit = SessionPlatform.Contracts.Metrics.V1.Unit;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Reads the columns of the chunks that a report has planned to scan; a report may read them repeatedly.
/// </summary>
internal sealed class ColumnReader(
    NpgsqlConnection connection,
    string siteId,
    IReadOnlyList<(PlannedChunk Chunk, Column[] Columns)> chunks,
    FactColumnStore scans)
{
    // Bounds the memory of one read.
    private const long MaxSessionsPerRead = 64_000;

    // Most sessions that started earlier than this have ended.
    private static readonly TimeSpan StableAfter = TimeSpan.FromHours(2);

    /// <summary>Number of sessions of all chunks, those outside of the span included.</summary>
    public long Sessions { get; } = chunks.Sum(chunk => chunk.Chunk.Sessions);

    /// <summary>Whether no chunk begins before the end of the previous one.</summary>
    public bool IsInOrder { get; } = Enumerable.Range(1, Math.Max(chunks.Count - 1, 0))
        .All(index => chunks[index - 1].Chunk.Before <= chunks[index].Chunk.FirstHour);

    /// <summary>The chunks of the scan.</summary>
    public IEnumerable<PlannedChunk> Planned => chunks.Select(chunk => chunk.Chunk);

    /// <summary>
    /// Returns the leading chunks that are wholly in the report's span and stable: reports resume from their aggregate.
    /// Empty when the unit is the user, because the user of a visitor may change without a change of a session.
    /// </summary>
    public IReadOnlyList<StableChunks> Stable(ReportSpan span, Unit unit, DateTime now)
    {
        if (!IsInOrder || unit == Unit.User)
            return [];
        var closed = CountLeading(chunk => ScanPlanner.IsSealed(chunk, now));
        var stable = CountLeading(chunk => chunk.Before <= now - StableAfter);
        return [.. closed > 0 ? [new(closed, AreSealed: true)] : (StableChunks[])[],
            .. stable > closed ? [new(stable, AreSealed: false)] : (StableChunks[])[]];

        int CountLeading(Predicate<PlannedChunk> holds) =>
            Planned.TakeWhile(chunk => holds(chunk) && span.Holds(chunk.FirstHour, chunk.Before)).Count();
    }

    /// <summary>Reads chunks in the order of time, see <see cref="IsInOrder"/>.</summary>
    /// <param name="isAsked">Selects the chunks to read; null reads all.</param>
    public async IAsyncEnumerable<Chunk> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken, Predicate<PlannedChunk>? isAsked = null)
    {
        List<(PlannedChunk Chunk, Column[] Columns)> asked =
            [.. chunks.Where(chunk => isAsked?.Invoke(chunk.Chunk) ?? true)];
        for (var first = 0; first < asked.Count;)
        {
            var (count, sessions) = (0, 0L);
            while (first + count < asked.Count && (count == 0 || sessions < MaxSessionsPerRead))
                sessions += asked[first + count++].Chunk.Sessions;
            (PlannedChunk, Column[])[] together = [.. asked.Skip(first).Take(count)];
            foreach (var chunk in await scans.ReadAsync(connection, siteId, together, cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return chunk;
            }

            first += count;
        }
    }

    /// <summary>Reads other columns of a chunk.</summary>
    public async Task<Chunk> ReadAsync(Chunk chunk, Column[] columns, CancellationToken cancellationToken) =>
        (await scans.ReadAsync(connection, siteId, [(chunk.Planned, columns)], cancellationToken))[0];
}
