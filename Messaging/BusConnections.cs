using System.Net.Sockets;
using RabbitMQ.Client;

namespace SessionPlatform.Messaging;

/// <summary>
/// The TCP connections of one bus. Closing them cuts off a bus that does not stop by itself, so that it can neither
/// consume nor connect again.
/// </summary>
internal sealed class BusConnections
{
    private readonly Lock sync = new();
    private readonly List<ITcpClient> clients = [];
    private bool closed;

    /// <summary>Creates a client that has yet to connect.</summary>
    /// <exception cref="IOException">The connections are closed.</exception>
    public ITcpClient Create(AddressFamily addressFamily)
    {
        lock (sync)
        {
            if (closed)
                throw new IOException("This bus was replaced by a new one and must not connect again.");
            clients.RemoveAll(client => client.Client is null or { SafeHandle.IsClosed: true });
            var client = ConnectionFactoryBase.DefaultSocketFactory(addressFamily);
            clients.Add(client);
            return client;
        }
    }

    /// <summary>Closes all connections; the broker then delivers their unacknowledged messages again.</summary>
    public void Close()
    {
        lock (sync)
        {
            closed = true;
            foreach (var client in clients)
                client.Dispose();
            clients.Clear();
        }
    }
}
