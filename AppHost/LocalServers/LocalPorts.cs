using System.Net;
using System.Net.Sockets;

namespace SessionPlatform.LocalServers;

/// <summary>Finds free TCP ports on the loopback interface.</summary>
public static class LocalPorts
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>A port that nobody listens on and that this process has not given out before.</summary>
    public static int Free()
    {
        lock (Gate)
        {
            int port;
            do
            {
                port = Probe();
            }
            while (!Given.Add(port));
            return port;
        }
    }

    private static int Probe()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
