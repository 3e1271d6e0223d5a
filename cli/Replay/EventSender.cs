using System.Net.Sockets;
using System.Threading.Channels;
using Grpc.Core;
using SessionPlatform.Contracts.Ingestion.V1;

namespace SessionPlatform.Cli.Replay;

/// <summary>
/// Sends batches over <c>TrackStream</c>, several in flight, until each is acknowledged. When the connection breaks or
/// the broker is unavailable, it reconnects and resumes after the last acknowledgement. Memory is bounded.
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

    /// <summary>The acknowledged and rejected events so far.</summary>
    public SendReport Report { get; } = new();

    /// <summary>
    /// Sends all batches and returns when each is acknowledged. Throws when the server refuses them or the source
    /// fails.
    /// </summary>
    public async Task SendAsync(IAsyncEnumerable<EventBatch> batches, CancellationToken cancellationToken)
    {
        var ahead = Channel.CreateBounded<EventBatch>(BatchesReadAhead);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAheadAsync(batches, ahead.Writer, stop.Token);
        try
        {
            await SendAllAsync(ahead.Reader, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            // A failure of the source has reached the sender through the channel.
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => window.Dispose();

    private static async Task ReadAheadAsync(
        IAsyncEnumerable<EventBatch> batches, ChannelWriter<EventBatch> ahead, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var batch in batches.WithCancellation(cancellationToken))
                await ahead.WriteAsync(batch, cancellationToken);
            ahead.Complete();
        }
        catch (Exception exception)
        {
            ahead.Complete(exception);
        }
    }

    private async Task SendAllAsync(ChannelReader<EventBatch> ahead, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        var lastProgress = time.GetTimestamp();
        while (true)
        {
            progressed = false;
            RpcException? failure = null;
            try
            {
                if (await ConnectAndSendAsync(ahead, cancellationToken))
                    return;
            }
            catch (RpcException exception) when (IsTransient(exception) && !cancellationToken.IsCancellationRequested)
            {
                failure = exception;
            }

            if (progressed)
                (pause, lastProgress) = (FirstPause, time.GetTimestamp());
            if (time.GetElapsedTime(lastProgress) > GiveUpAfter)
            {
                throw failure ?? new RpcException(
                    new Status(StatusCode.Unavailable, "The server closed every stream without an error."));
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>
    /// Sends over one connection. Returns true when all is acknowledged, false when the server closed the stream early.
    /// </summary>
    private async Task<bool> ConnectAndSendAsync(ChannelReader<EventBatch> ahead, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var call = client.TrackStream(options(ended.Token));
        var writing = WriteAsync(call.RequestStream, ahead, ended.Token);
        var reading = ReadAcknowledgementsAsync(call.ResponseStream, ended.Token);
        try
        {
            // A failure of the source is thrown at once; the response stream has the reason of a broken connection.
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

    /// <summary>
    /// Returns true when all is written, false when the connection broke. Throws when the source fails.
    /// </summary>
    private async Task<bool> WriteAsync(
        IClientStreamWriter<TrackStreamRequest> requests, ChannelReader<EventBatch> ahead,
        CancellationToken cancellationToken)
    {
        EventBatch[] again;
        lock (gate)
            again = [.. unacknowledged];
        foreach (var batch in again)
        {
            if (!await TryWriteAsync(() => requests.WriteAsync(batch.Request, cancellationToken)))
                return false;
        }

        while (await ahead.WaitToReadAsync(cancellationToken))
        {
            await window.WaitAsync(cancellationToken);
            if (!ahead.TryRead(out var batch))
            {
                window.Release();
                continue;
            }

            lock (gate)
                unacknowledged.Enqueue(batch);
            if (!await TryWriteAsync(() => requests.WriteAsync(batch.Request, cancellationToken)))
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
        catch (Exception exception) when (exception is RpcException or IOException or InvalidOperationException
            or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task ReadAcknowledgementsAsync(
        IAsyncStreamReader<TrackStreamResponse> responses, CancellationToken cancellationToken)
    {
        while (await responses.MoveNext(cancellationToken))
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

    // An exception behind the status means that no server was reached or that the connection broke. When no server has
    // ever answered, a retry is pointless.
    private bool IsTransient(RpcException failure)
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
