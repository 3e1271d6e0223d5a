using Grpc.Core;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Identity;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>
/// Counts journeys over the sessions, as they are read. What is kept of them is bounded: a report that would
/// need more is refused.
/// </summary>
internal sealed class JourneyReports(
    ReportDatabase database, ColumnJourneys columns, IOptions<JourneyOptions> options) : IDisposable
{
    private readonly JourneyRoom room = new(options.Value);
    private readonly SemaphoreSlim turns = new(options.Value.MaxAtOnce);

    /// <summary>The most frequent paths.</summary>
    /// <param name="length">Fewest and most steps of a path.</param>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: too large.</exception>
    public Task<GetPathsResponse> PathsAsync(
        JourneySelection selection,
        PathShape shape,
        (int Least, int Most) length,
        int limit,
        bool byDevice,
        CancellationToken cancellationToken) =>
        CountAsync(
            selection,
            new PathCount(shape, length, byDevice, room),
            counted => ((PathCount)counted).Tally.Result(limit),
            cancellationToken);

    /// <summary>The transitions from step to step.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: too large.</exception>
    public Task<GetTransitionsResponse> TransitionsAsync(
        JourneySelection selection, PathShape shape, int length, int limit, CancellationToken cancellationToken) =>
        CountAsync(
            selection,
            new TransitionCount(shape, length, room),
            counted => ((TransitionCount)counted).Tally.Result(limit),
            cancellationToken);

    public void Dispose() => turns.Dispose();

    private async Task<T> CountAsync<T>(
        JourneySelection selection,
        IJourneyTally tally,
        Func<IJourneyTally, T> result,
        CancellationToken cancellationToken)
    {
        await turns.WaitAsync(cancellationToken);
        try
        {
            return await database.ReadAsync(
                PersonSql.IsJoined(selection.Segment),
                async (connection, token) =>
                {
                    if (selection.Cut is null)
                        return result(await columns.CountAsync(connection, selection, tally, token));
                    await CutJourneys.AddAsync(connection, selection, tally, token);
                    return result(tally);
                },
                cancellationToken);
        }
        finally
        {
            turns.Release();
        }
    }
}
