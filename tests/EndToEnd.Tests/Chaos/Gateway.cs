using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using SessionPlatform.Contracts.Ingestion.V1;

namespace SessionPlatform.EndToEnd.Tests.Chaos;

/// <summary>
/// A client of <c>TrackStream</c> as a gateway is one: few batches in flight, and on any failure it connects again and
/// sends on from the last acknowledgement. It also hangs up for no reason, and may forget acknowledgements, so that it
/// sends again what was acknowledged.
/// </summary>
public sealed class Gateway(
    Ingestion.IngestionClient client, Metadata key, IReadOnlyList<TrackStreamRequest> batches, int seed)
{
    private const int BatchesInFlight = 16;
    private const int MostForgotten = 12;
    private const int MostBatchesOfConnection = 40;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Random random = new(seed);
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private volatile int acknowledged;
    private long acknowledgedEvents;
    private int connections;

    /// <summary>The whole of it is sent over this time, and no faster.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>Sometimes sends again what was acknowledged.</summary>
    public bool Forgetful { get; init; }

    /// <summary>Events in acknowledged batches, copies included.</summary>
    public long AcknowledgedEvents => Interlocked.Read(ref acknowledgedEvents);

    /// <summary>Bytes of acknowledged batches, copies included.</summary>
    public long AcknowledgedBytes => batches.Take(acknowledged).Sum(batch => (long)batch.CalculateSize());

    public bool IsDone => acknowledged == batches.Count;

    public int Connections => connections;

    /// <summary>How often a connection ended with which status.</summary>
    public ConcurrentDictionary<StatusCode, int> Failures { get; } = [];

    /// <summary>Returns once all is acknowledged; throws what no gateway should be told.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (!IsDone)
        {
            var before = acknowledged;
            try
            {
                await ConnectAsync(cancellationToken);
            }
            catch (RpcException exception) when (IsPassing(exception.StatusCode)
                && !cancellationToken.IsCancellationRequested)
            {
                Failures.AddOrUpdate(exception.StatusCode, 1, (_, count) => count + 1);
                await Task.Delay(pause, cancellationToken);
            }

            pause = acknowledged > before ? FirstPause
                : pause * 2 < LongestPause ? pause * 2
                : LongestPause;
        }
    }

    private static bool IsPassing(StatusCode code) => code is StatusCode.Unavailable or StatusCode.ResourceExhausted
        or StatusCode.Internal or StatusCode.Cancelled or StatusCode.Unknown or StatusCode.Aborted;

    /// <summary>One connection, until it breaks, all is acknowledged, or it hangs up.</summary>
    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        connections++;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var progress = new SemaphoreSlim(0);
        using var call = client.TrackStream(key, cancellationToken: ended.Token);
        var first = acknowledged;
        if (Forgetful && random.Next(2) == 0)
            first = Math.Max(0, first - random.Next(1, MostForgotten + 1));
        var last = Math.Min(batches.Count, first + random.Next(1, MostBatchesOfConnection + 1));
        var writing = WriteAsync(call.RequestStream, first, last, progress, ended.Token);
        var reading = ReadAsync(call.ResponseStream, progress, ended.Token);
        try
        {
            // Having written its share it hangs up, whether that is acknowledged or not; at the end it waits.
            if (await Task.WhenAny(writing, reading) == writing && await writing && last < batches.Count)
                return;
            await reading;
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(writing, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>True when all is written, false when the connection broke, which the reading explains.</summary>
    private async Task<bool> WriteAsync(
        IClientStreamWriter<TrackStreamRequest> requests, int first, int last, SemaphoreSlim progress,
        CancellationToken cancellationToken)
    {
        try
        {
            for (var at = first; at < last; at++)
            {
                while (at - acknowledged >= BatchesInFlight)
                    await progress.WaitAsync(cancellationToken);
                var early = Pace * ((double)at / batches.Count) - clock.Elapsed;
                if (early > TimeSpan.Zero)
                    await Task.Delay(early, cancellationToken);
                await requests.WriteAsync(batches[at], cancellationToken);
            }

            if (last == batches.Count)
                await requests.CompleteAsync();
            return true;
        }
        catch (Exception exception) when (exception is RpcException or IOException or InvalidOperationException
            or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task ReadAsync(
        IAsyncStreamReader<TrackStreamResponse> responses, SemaphoreSlim progress, CancellationToken cancellationToken)
    {
        while (await responses.MoveNext(cancellationToken))
        {
            Assert.Empty(responses.Current.Rejects);
            // What was sent again is acknowledged again.
            while (acknowledged < responses.Current.DurableThrough)
            {
                Interlocked.Add(ref acknowledgedEvents, batches[acknowledged].Events.Count);
                acknowledged++;
            }

            progress.Release();
        }
    }
}
