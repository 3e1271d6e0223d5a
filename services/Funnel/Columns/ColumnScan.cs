using System.Runtime.CompilerServices;
using Npgsql;
using SessionPlatform.Funnel.Metrics;
using Unit = SessionPlatform.Contracts.Metrics.V1.Unit;

namespace SessionPlatform.Funnel.Columns;

/// <summary>The facts of the chunks that a report needs, by column, to be read as often as it takes.</summary>
internal sealed class ColumnScan(
    NpgsqlConnection connection,
    string siteId,
    IReadOnlyList<(PlannedChunk Chunk, Column[] Columns)> chunks,
    ColumnScans scans)
{
    // So that what is read at once stays small.
    private const long SessionsAtOnce = 64_000;

    // Most sessions that started before have ended.
    private static readonly TimeSpan RestAfter = TimeSpan.FromHours(2);

    /// <summary>Sessions of all chunks, those out of the span included.</summary>
    public long Sessions { get; } = chunks.Sum(chunk => chunk.Chunk.Sessions);

    /// <summary>Whether each chunk begins where the one before has ended, or later.</summary>
    public bool IsInOrder { get; } = Enumerable.Range(1, Math.Max(chunks.Count - 1, 0))
        .All(index => chunks[index - 1].Chunk.Before <= chunks[index].Chunk.FirstHour);

    /// <summary>What there is to be read.</summary>
    public IEnumerable<PlannedChunk> Planned => chunks.Select(chunk => chunk.Chunk);

    /// <summary>
    /// The first chunks, as far as they are wholly in the report's span and rest: what is counted of them can be gone on from.
    /// None where the units are users: who a visitor is may change without a change of a session.
    /// </summary>
    public IReadOnlyList<StableChunks> Stable(ReportSpan span, Unit unit, DateTime now)
    {
        if (!IsInOrder || unit == Unit.User)
            return [];
        var over = First(chunk => ChunkPlan.IsOver(chunk, now));
        var resting = First(chunk => chunk.Before <= now - RestAfter);
        return [.. over > 0 ? [new(over, AreSealed: true)] : (StableChunks[])[],
            .. resting > over ? [new(resting, AreSealed: false)] : (StableChunks[])[]];

        int First(Predicate<PlannedChunk> rests) =>
            Planned.TakeWhile(chunk => rests(chunk) && span.Holds(chunk.FirstHour, chunk.Before)).Count();
    }

    /// <summary>In the order of time, see <see cref="IsInOrder"/>.</summary>
    /// <param name="isAsked">Which chunks are read; null: all.</param>
    public async IAsyncEnumerable<Chunk> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken, Predicate<PlannedChunk>? isAsked = null)
    {
        List<(PlannedChunk Chunk, Column[] Columns)> asked =
            [.. chunks.Where(chunk => isAsked?.Invoke(chunk.Chunk) ?? true)];
        for (var first = 0; first < asked.Count;)
        {
            var (count, sessions) = (0, 0L);
            while (first + count < asked.Count && (count == 0 || sessions < SessionsAtOnce))
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

    /// <summary>More columns of a chunk.</summary>
    public async Task<Chunk> ReadAsync(Chunk chunk, Column[] columns, CancellationToken cancellationToken) =>
        (await scans.ReadAsync(connection, siteId, [(chunk.Planned, columns)], cancellationToken))[0];
}
