using System.Net.Sockets;
using System.Threading.Channels;
using Grpc.Core;
using SessionPlatform.Contracts.Ingestion.V1;

namespace SessionPlatform.Cli.Replay;

/// <summary>
/// Sends batches over <c>TrackStream</c>, several in flight, until each is acknowledged. When the connection or the
/// broker goes away it connects again and sends on from the last acknowledgement; memory stays bounded.
/// </summary>
internal sealed class EventSender(
    Ingestion.IngestionClient client, Func<CancellationToken, CallOptions> options, TimeProvider time)
    : IDisposable
{
    private const int BatchesInFlight = 16;
    private const int BatchesReadAhead = 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly Queue<EventBatch> unacknowledged = new();
    private readonly SemaphoreSlim window = new(BatchesInFlight);
    private bool serverWasThere;
    private bool progressed;

    /// <summary>Counts as acknowledgements come in.</summary>
    public SendReport Report { get; } = new();

    /// <summary>Returns once all is acknowledged; throws what the server refuses or the source throws.</summary>
    public async Task SendAsync(IAsyncEnumerable<EventBatch> batches, CancellationToken cancellation)
    {
        var ahead = Channel.CreateBounded<EventBatch>(BatchesReadAhead);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = ReadAheadAsync(batches, ahead.Writer, stop.Token);
        try
        {
            await SendAllAsync(ahead.Reader, cancellation);
        }
        finally
        {
            await stop.CancelAsync();
            // A failure to read has reached the sender through the channel.
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => window.Dispose();

    private static async Task ReadAheadAsync(
        IAsyncEnumerable<EventBatch> batches, ChannelWriter<EventBatch> ahead, CancellationToken cancellation)
    {
        try
        {
            await foreach (var batch in batches.WithCancellation(cancellation))
                await ahead.WriteAsync(batch, cancellation);
            ahead.Complete();
        }
        catch (Exception failure)
        {
            ahead.Complete(failure);
        }
    }

    private async Task SendAllAsync(ChannelReader<EventBatch> ahead, CancellationToken cancellation)
    {
        var pause = FirstPause;
        var lastProgress = time.GetTimestamp();
        while (true)
        {
            progressed = false;
            RpcException? failure = null;
            try
            {
                if (await ConnectAndSendAsync(ahead, cancellation))
                    return;
            }
            catch (RpcException passing) when (IsPassing(passing) && !cancellation.IsCancellationRequested)
            {
                failure = passing;
            }

            if (progressed)
                (pause, lastProgress) = (FirstPause, time.GetTimestamp());
            if (time.GetElapsedTime(lastProgress) > GiveUpAfter)
                throw failure ?? new RpcException(new Status(StatusCode.Unavailable, "It ends every stream."));
            await Task.Delay(pause, time, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>One connection. True when all is acknowledged, false when the server ended it early.</summary>
    private async Task<bool> ConnectAndSendAsync(ChannelReader<EventBatch> ahead, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var call = client.TrackStream(options(ended.Token));
        var writing = WriteAsync(call.RequestStream, ahead, ended.Token);
        var reading = ReadAcknowledgementsAsync(call.ResponseStream, ended.Token);
        try
        {
            // What the source throws counts at once; why the connection broke is told by the answer.
            if (await Task.WhenAny(writing, reading) == writing && writing.IsFaulted)
                await writing;
            await reading;
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(writing, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return writing.IsCompletedSuccessfully && await writing && unacknowledged.Count == 0;
    }

    /// <summary>True when all is written, false when the connection broke; throws what the source throws.</summary>
    private async Task<bool> WriteAsync(
        IClientStreamWriter<TrackStreamRequest> requests, ChannelReader<EventBatch> ahead,
        CancellationToken cancellation)
    {
        EventBatch[] again;
        lock (gate)
            again = [.. unacknowledged];
        foreach (var batch in again)
        {
            if (!await TryWriteAsync(() => requests.WriteAsync(batch.Request, cancellation)))
                return false;
        }

        while (await ahead.WaitToReadAsync(cancellation))
        {
            await window.WaitAsync(cancellation);
            if (!ahead.TryRead(out var batch))
            {
                window.Release();
                continue;
            }

            lock (gate)
                unacknowledged.Enqueue(batch);
            if (!await TryWriteAsync(() => requests.WriteAsync(batch.Request, cancellation)))
                return false;
        }

        return await TryWriteAsync(requests.CompleteAsync);
    }

    private static async Task<bool> TryWriteAsync(Func<Task> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (Exception broken) when (broken is RpcException or IOException or InvalidOperationException
            or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task ReadAcknowledgementsAsync(
        IAsyncStreamReader<TrackStreamResponse> responses, CancellationToken cancellation)
    {
        while (await responses.MoveNext(cancellation))
            Apply(responses.Current);
    }

    private void Apply(TrackStreamResponse acknowledgement)
    {
        var linesOf = new Dictionary<long, IReadOnlyList<long>>();
        lock (gate)
        {
            while (unacknowledged.TryPeek(out var batch) && batch.Request.Sequence <= acknowledgement.DurableThrough)
            {
                linesOf[batch.Request.Sequence] = batch.Lines;
                unacknowledged.Dequeue();
            }
        }

        foreach (var reject in acknowledgement.Rejects)
            Report.Reject(linesOf[reject.Sequence][reject.Index], reject.Violations);
        Report.Accept(acknowledgement.Accepted);
        if (linesOf.Count == 0)
            return;
        window.Release(linesOf.Count);
        serverWasThere = progressed = true;
    }

    // An exception below the status tells that no server was reached or that it died. Where nobody ever listened,
    // waiting would help no one.
    private bool IsPassing(RpcException failure)
    {
        var broken = failure.Status.DebugException;
        serverWasThere |= broken is not (SocketException
            or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError });
        return failure.StatusCode switch
        {
            StatusCode.Unavailable => serverWasThere,
            StatusCode.ResourceExhausted or StatusCode.Aborted => true,
            StatusCode.Internal or StatusCode.Cancelled or StatusCode.Unknown =>
                broken is IOException or HttpRequestException && serverWasThere,
            _ => false,
        };
    }
}
