using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace SessionPlatform.Messaging.Tests;

/// <summary>
/// A TCP proxy in front of the broker. The first connection that consumes is silenced at this moment: it stays open,
/// but nothing gets through any more, as if the queue's process in the broker had hung.
/// </summary>
public sealed class BrokerProxy : IAsyncDisposable
{
    private const int FrameHeaderBytes = 7;
    private const byte MethodFrame = 1;
    private const uint BasicConsume = (60 << 16) | 20;

    private readonly int brokerPort;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;
    private int silenced;

    public BrokerProxy(int brokerPort)
    {
        this.brokerPort = brokerPort;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Completes when the connection is silenced.</summary>
    public TaskCompletionSource Silenced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
            _ = RelayAsync(await listener.AcceptTcpClientAsync(stopping.Token));
    }

    private async Task RelayAsync(TcpClient client)
    {
        using (client)
        {
            using var broker = new TcpClient();
            await broker.ConnectAsync(IPAddress.Loopback, brokerPort, stopping.Token);
            await Task.WhenAny(
                RelayFramesAsync(client.GetStream(), broker.GetStream()),
                broker.GetStream().CopyToAsync(client.GetStream(), stopping.Token));
        }
    }

    /// <summary>Relays what the client sends: the protocol header, then frames.</summary>
    private async Task RelayFramesAsync(NetworkStream client, NetworkStream broker)
    {
        var header = new byte[8];
        await client.ReadExactlyAsync(header, stopping.Token);
        await broker.WriteAsync(header, stopping.Token);
        while (true)
        {
            await client.ReadExactlyAsync(header.AsMemory(0, FrameHeaderBytes), stopping.Token);
            // Payload and the end mark.
            var rest = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(3)) + 1];
            await client.ReadExactlyAsync(rest, stopping.Token);
            var consumes = header[0] == MethodFrame && BinaryPrimitives.ReadUInt32BigEndian(rest) == BasicConsume;
            if (consumes && Interlocked.Exchange(ref silenced, 1) == 0)
            {
                Silenced.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, stopping.Token);
            }

            await broker.WriteAsync(header.AsMemory(0, FrameHeaderBytes), stopping.Token);
            await broker.WriteAsync(rest, stopping.Token);
        }
    }
}
