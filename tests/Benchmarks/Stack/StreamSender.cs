using System.Diagnostics;
using Grpc.Core;
using SessionPlatform.Benchmarks.Harness;
using SessionPlatform.Benchmarks.Traffic;
using SessionPlatform.Contracts.Ingestion.V1;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>
/// A gateway: sends batches over one TrackStream as fast as the server reads, or at a rate, until all of it is
/// acknowledged. Where the server refuses for want of room it goes on from the last acknowledgement.
/// </summary>
/// <param name="suite">The suite to send to.</param>
/// <param name="batches">Numbered from 1 on; asked for one when it is its turn, and again when it was refused.</param>
internal sealed class StreamSender(RunningSuite suite, IReadOnlyList<byte[]> batches)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private static readonly Method<byte[], TrackStreamResponse> TrackStream = new(
        MethodType.DuplexStreaming, "sessionplatform.ingestion.v1.Ingestion", "TrackStream",
        new Marshaller<byte[]>(bytes => bytes, bytes => bytes),
        new Marshaller<TrackStreamResponse>(
            message => Google.Protobuf.MessageExtensions.ToByteArray(message), TrackStreamResponse.Parser.ParseFrom));

    // By batch, when it was first written; a Stopwatch timestamp.
    private readonly long[] begun = new long[batches.Count];
    private int written;
    private int durable;
    private bool isWritten;

    /// <summary>The time after the first write from which no further batch is started.</summary>
    public TimeSpan Lasting { get; init; } = TimeSpan.MaxValue;

    /// <summary>When the first request was written; a <see cref="Stopwatch"/> timestamp.</summary>
    public long FirstWrite { get; private set; }

    /// <summary>The number of times that the stream was refused or broken and opened again.</summary>
    public int Interruptions { get; private set; }

    /// <summary>The number of batches acknowledged so far.</summary>
    public int Acknowledged => Volatile.Read(ref durable);

    /// <summary>
    /// The latency of each acknowledged batch, from its first write to the acknowledgement that covers it.
    /// </summary>
    public Samples Latencies { get; } = new();

    /// <param name="eventsPerSecond">
    /// When batches are due, whatever became of those before; what is behind goes as fast as can be. 0: all are due.
    /// </param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task SendAsync(double eventsPerSecond, CancellationToken cancellationToken)
    {
        FirstWrite = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await SendOnceAsync(eventsPerSecond, cancellationToken);
                return;
            }
            catch (RpcException refused) when (!cancellationToken.IsCancellationRequested
                && refused.StatusCode is StatusCode.ResourceExhausted or StatusCode.Unavailable)
            {
                Interruptions++;
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    private async Task SendOnceAsync(double eventsPerSecond, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var call = suite.IngestionCalls.AsyncDuplexStreamingCall(
            TrackStream, null, suite.AsPlatform(ended.Token));
        isWritten = false;
        var reading = ReadAsync(call.ResponseStream, ended.Token);
        var writing = WriteAsync(call.RequestStream, eventsPerSecond, ended.Token);
        try
        {
            // The response stream has the reason of a broken stream.
            await reading;
        }
        finally
        {
            await ended.CancelAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!isWritten || durable < written)
            throw new RpcException(new Status(StatusCode.Unavailable, "The stream ended before all was acknowledged."));
    }

    private async Task WriteAsync(
        IClientStreamWriter<byte[]> requests, double eventsPerSecond, CancellationToken cancellationToken)
    {
        for (var i = durable; i < batches.Count; i++)
        {
            if (i == written && !await BeginAsync(i, eventsPerSecond, cancellationToken))
                break;
            await requests.WriteAsync(batches[i], cancellationToken);
        }

        isWritten = true;
        await requests.CompleteAsync();
    }

    // Returns false when the time has passed.
    private async Task<bool> BeginAsync(int batch, double eventsPerSecond, CancellationToken cancellationToken)
    {
        if (eventsPerSecond > 0)
        {
            var due = TimeSpan.FromSeconds(batch * StreamLoad.BatchEvents / eventsPerSecond);
            if (due - Stopwatch.GetElapsedTime(FirstWrite) is { Ticks: > 0 } early)
                await Task.Delay(early, cancellationToken);
        }

        if (Stopwatch.GetElapsedTime(FirstWrite) >= Lasting)
            return false;
        begun[batch] = Stopwatch.GetTimestamp();
        written = batch + 1;
        return true;
    }

    private async Task ReadAsync(IAsyncStreamReader<TrackStreamResponse> acks, CancellationToken cancellationToken)
    {
        while (await acks.MoveNext(cancellationToken))
        {
            if (acks.Current.Rejects is [var reject, ..])
                throw new InvalidOperationException($"The traffic of the benchmarks is refused: {reject}");
            var through = (int)acks.Current.DurableThrough;
            if (through <= durable)
                throw new InvalidOperationException($"Batch {through} is acknowledged after batch {durable}.");
            for (var i = durable; i < through; i++)
                Latencies.Add(Stopwatch.GetElapsedTime(begun[i]));
            Volatile.Write(ref durable, through);
        }
    }
}
