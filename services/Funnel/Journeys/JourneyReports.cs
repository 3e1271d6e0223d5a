using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Journeys;

/// <summary>
/// Counts journeys over the sessions, as they are read. What is kept of them is bounded: a report that would
/// need more is refused.
/// </summary>
internal sealed class JourneyReports(
    ReportDatabase database, ColumnJourneys columns, CutJourneys cuts, IOptions<JourneyOptions> options) : IDisposable
{
    private readonly JourneyOptions most = options.Value;
    private readonly SemaphoreSlim turns = new(options.Value.MaxAtOnce);

    /// <summary>The most frequent paths.</summary>
    /// <param name="length">Fewest and most steps of a path.</param>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: too large.</exception>
    public async Task<GetPathsResponse> PathsAsync(
        JourneySelection selection,
        PathShape shape,
        (int Least, int Most) length,
        int limit,
        bool byDevice,
        CancellationToken cancellationToken)
    {
        var (names, devices) = (new PageNames(shape), new DeviceNames());
        var shaper = new PathShaper(shape, length.Most, names);
        var tally = new PathTally(names, length.Least, byDevice ? devices : null);
        return await CountAsync(
            selection,
            names,
            devices,
            (pages, offsets, session) =>
            {
                tally.Add(shaper.Shape(pages, offsets), session);
                RequireRoom(names, tally.Sessions, tally.Distinct, tally.Visitors.Count);
            },
            () => tally.Result(limit),
            cancellationToken);
    }

    /// <summary>The transitions from step to step.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: too large.</exception>
    public async Task<GetTransitionsResponse> TransitionsAsync(
        JourneySelection selection, PathShape shape, int length, int limit, CancellationToken cancellationToken)
    {
        var names = new PageNames(shape);
        var shaper = new PathShaper(shape, length, names);
        var tally = new TransitionTally(names, length, shaper.KeepsLast);
        return await CountAsync(
            selection,
            names,
            new DeviceNames(),
            (pages, offsets, session) =>
            {
                tally.Add(shaper.Shape(pages, offsets), session);
                RequireRoom(names, tally.Sessions, tally.Distinct, tally.Visitors.Count);
            },
            () => tally.Result(limit),
            cancellationToken);
    }

    public void Dispose() => turns.Dispose();

    private async Task<T> CountAsync<T>(
        JourneySelection selection,
        PageNames pages,
        DeviceNames devices,
        AddJourney add,
        Func<T> result,
        CancellationToken cancellationToken)
    {
        IJourneySource source = selection.Cut is null ? columns : cuts;
        await turns.WaitAsync(cancellationToken);
        try
        {
            return await database.ReadAsync(
                PersonSql.IsJoined(selection.Segment),
                async (connection, token) =>
                {
                    await source.ReadAsync(connection, selection, pages, devices, add, token);
                    return result();
                },
                cancellationToken);
        }
        finally
        {
            turns.Release();
        }
    }

    private void RequireRoom(PageNames names, long sessions, int distinct, int steps)
    {
        if (sessions > most.MaxSessions)
            throw TooLarge(most.MaxSessions, "sessions", "");
        if (names.Count > most.MaxPages)
            throw TooLarge(most.MaxPages, "different pages", ", or give pages one name by `shape.rules`");
        if (distinct > most.MaxPaths)
        {
            throw TooLarge(
                most.MaxPaths, "different paths", ", a smaller `length`, or give pages one name by `shape.rules`");
        }

        if (steps > most.MaxSteps)
            throw TooLarge(most.MaxSteps, "steps", ", or a smaller `length`");
    }

    private static RpcException TooLarge(int bound, string what, string orElse) =>
        GrpcErrors.ResourceExhausted(string.Create(
            CultureInfo.InvariantCulture,
            $"The report has more than {bound:N0} {what}. Take a shorter `period`, more filters{orElse}."));
}
