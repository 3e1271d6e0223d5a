using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;

namespace SessionPlatform.LocalServers;

/// <summary>A private RabbitMQ node on loopback, with its data in a folder of yours. Ends with this process.</summary>
public sealed class LocalRabbitMq : IAsyncDisposable
{
    /// <summary>The name of the node's only user.</summary>
    public const string UserName = "sessionplatform";

    private readonly LocalServer server;

    private LocalRabbitMq(string stateDirectory)
    {
        stateDirectory = Path.GetFullPath(stateDirectory);
        Port = LocalPorts.Free();
        var (distribution, mapper) = (LocalPorts.Free(), LocalPorts.Free());
        var password = LocalSecrets.GetOrCreate(stateDirectory, "rabbitmq");
        ConnectionString = $"amqp://{UserName}:{password}@127.0.0.1:{Port}";
        server = new LocalServer(output => Command(stateDirectory, Port, distribution, mapper, password) with
        {
            Output = output,
        });
    }

    /// <summary>Stays the same over <see cref="RestartAsync"/>.</summary>
    public int Port { get; }

    /// <summary>The <c>amqp://</c> address with user and password.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts the node on the data in <paramref name="stateDirectory"/>, which is made when missing.</summary>
    public static async Task<LocalRabbitMq> StartAsync(
        string stateDirectory, CancellationToken cancellationToken = default)
    {
        var rabbit = new LocalRabbitMq(stateDirectory);
        await rabbit.server.StartAsync(rabbit.AnswersAsync, cancellationToken);
        return rabbit;
    }

    /// <summary>The process that is a private RabbitMQ node.</summary>
    public static SupervisedCommand Command(
        string stateDirectory, int port, int distributionPort, int mapperPort, string password) =>
        new(stateDirectory, ProcessKind.Server, "rabbitmq", Path.Combine(AppContext.BaseDirectory, "rabbitmq.sh"),
            [
                stateDirectory,
                .. new[] { port, distributionPort, mapperPort }.Select(p => p.ToString(CultureInfo.InvariantCulture)),
            ])
        {
            Grace = TimeSpan.FromSeconds(60),
            Variables = new Dictionary<string, string?> { ["SERVER_PASSWORD"] = password },
        };

    /// <summary>
    /// True when an AMQP 0-9-1 server greets on this port. RabbitMQ opens its listener last, so it is ready then.
    /// </summary>
    public static async Task<bool> GreetsAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            await using var stream = client.GetStream();
            await stream.WriteAsync("AMQP\0\0\x09\x01"u8.ToArray(), cancellationToken);
            var frame = new byte[11];
            await stream.ReadExactlyAsync(frame, cancellationToken);
            // A method frame (1) on channel 0 with class 10, method 10: Connection.Start.
            return frame[0] == 1 && BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(7)) == 0x000A000A;
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return false;
        }
    }

    /// <summary>Ends it in order.</summary>
    public Task StopAsync() => server.StopAsync();

    /// <summary>Ends it as a power cut would. Returns when its processes are gone.</summary>
    public Task StopImmediateAsync() => server.KillAsync();

    /// <summary>Starts it again on the same port and data, after either stop.</summary>
    public Task RestartAsync(CancellationToken cancellationToken = default) =>
        server.StartAsync(AnswersAsync, cancellationToken);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private Task<bool> AnswersAsync(CancellationToken cancellationToken) => GreetsAsync(Port, cancellationToken);
}
