using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SessionPlatform.ServiceDefaults.Grpc;

/// <summary>One channel to each other service, over all its replicas in turn; closed with the host.</summary>
public sealed class ServiceChannels(ServiceAddresses addresses, ILoggerFactory loggers) : IDisposable
{
    // Above the 32 MiB that Ingestion takes; pages of sessions with long journeys are the largest answers.
    private const int MaxMessageBytes = 64 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, Lazy<Entry>> channels = new(StringComparer.Ordinal);

    /// <summary>The channel to a service, by the name it has in the AppHost.</summary>
    /// <exception cref="InvalidOperationException">No address of it is configured.</exception>
    public GrpcChannel To(string service) =>
        channels.GetOrAdd(service, name => new Lazy<Entry>(() => Open(name))).Value.Channel;

    public void Dispose()
    {
        foreach (var entry in channels.Values.Where(entry => entry.IsValueCreated))
        {
            entry.Value.Channel.Dispose();
            entry.Value.Services.Dispose();
        }
    }

    private Entry Open(string service)
    {
        var replicas = addresses.All(service);
        var secure = replicas[0].Scheme == Uri.UriSchemeHttps;
        var services = new ServiceCollection()
            .AddSingleton<ResolverFactory>(new StaticResolverFactory(_ =>
                [.. replicas.Select(replica => new BalancerAddress(replica.Host, replica.Port))]))
            .BuildServiceProvider();
        var channel = GrpcChannel.ForAddress($"static:///{service}", new GrpcChannelOptions
        {
            Credentials = secure ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure,
            ServiceProvider = services,
            ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { new RoundRobinConfig() } },
            LoggerFactory = loggers,
            MaxReceiveMessageSize = MaxMessageBytes,
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(250),
            MaxReconnectBackoff = TimeSpan.FromSeconds(3),
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                KeepAlivePingDelay = TimeSpan.FromSeconds(30),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            },
            DisposeHttpClient = true,
        });
        return new Entry(channel, services);
    }

    private sealed record Entry(GrpcChannel Channel, ServiceProvider Services);
}
