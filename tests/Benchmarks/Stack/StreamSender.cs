using System.Diagnostics;
using Grpc.Core;
using SessionPlatform.Benchmarks.Traffic;
using SessionPlatform.Contracts.Ingestion.V1;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>
/// A gateway: sends a load over one TrackStream as fast as the server reads, or at a rate, until all of it is
/// acknowledged. Where the server refuses for want of room it goes on from the last acknowledgement.
/// </summary>
internal sealed class StreamSender(RunningSuite suite, StreamLoad load)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private static readonly Method<byte[], TrackStreamResponse> TrackStream = new(
        MethodType.DuplexStreaming, "sessionplatform.ingestion.v1.Ingestion", "TrackStream",
        new Marshaller<byte[]>(bytes => bytes, bytes => bytes),
        new Marshaller<TrackStreamResponse>(
            message => Google.Protobuf.MessageExtensions.ToByteArray(message), TrackStreamResponse.Parser.ParseFrom));

    private long durable;

    /// <summary>When the first request was written; a <see cref="Stopwatch"/> timestamp.</summary>
    public long FirstWrite { get; private set; }

    /// <summary>How often the stream was refused or broken and begun again.</summary>
    public int Interruptions { get; private set; }

    /// <param name="eventsPerSecond">0: as fast as can be.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task SendAsync(double eventsPerSecond, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await SendOnceAsync(eventsPerSecond, cancellation);
                return;
            }
            catch (RpcException refused) when (!cancellation.IsCancellationRequested
                && refused.StatusCode is StatusCode.ResourceExhausted or StatusCode.Unavailable)
            {
                Interruptions++;
                await Task.Delay(Pause, cancellation);
            }
        }
    }

    private async Task SendOnceAsync(double eventsPerSecond, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var call = suite.IngestionCalls.AsyncDuplexStreamingCall(
            TrackStream, null, suite.AsPlatform(ended.Token));
        var reading = ReadAsync(call.ResponseStream, ended.Token);
        var writing = WriteAsync(call.RequestStream, eventsPerSecond, ended.Token);
        try
        {
            // Why the stream broke is told by the answer.
            await reading;
        }
        finally
        {
            await ended.CancelAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (durable < load.Batches.Count)
            throw new RpcException(new Status(StatusCode.Unavailable, "The stream ended before all was acknowledged."));
    }

    private async Task WriteAsync(
        IClientStreamWriter<byte[]> requests, double eventsPerSecond, CancellationToken cancellation)
    {
        var (begun, first) = (Stopwatch.GetTimestamp(), (int)durable);
        if (FirstWrite == 0)
            FirstWrite = begun;
        for (var i = first; i < load.Batches.Count; i++)
        {
            if (eventsPerSecond > 0)
            {
                var due = TimeSpan.FromSeconds((i - first) * StreamLoad.BatchEvents / eventsPerSecond);
                if (due - Stopwatch.GetElapsedTime(begun) is { Ticks: > 0 } early)
                    await Task.Delay(early, cancellation);
            }

            await requests.WriteAsync(load.Batches[i], cancellation);
        }

        await requests.CompleteAsync();
    }

    private async Task ReadAsync(IAsyncStreamReader<TrackStreamResponse> acks, CancellationToken cancellation)
    {
        while (await acks.MoveNext(cancellation))
        {
            if (acks.Current.Rejects is [var reject, ..])
                throw new InvalidOperationException($"The traffic of the benchmarks is refused: {reject}");
            durable = acks.Current.DurableThrough;
        }
    }
}
