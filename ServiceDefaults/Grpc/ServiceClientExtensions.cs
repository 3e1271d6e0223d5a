using Grpc.Core;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SessionPlatform.Rules;

namespace SessionPlatform.ServiceDefaults.Grpc;

/// <summary>Registers gRPC clients of the suite's other services.</summary>
public static class ServiceClientExtensions
{
    /// <summary>
    /// Adds a client that balances its calls, round-robin, over all replicas of a service. Service discovery reads
    /// their addresses from <c>services:SERVICE:grpc:0</c> … of the configuration.
    /// </summary>
    /// <param name="service">The service's name in the AppHost.</param>
    /// <exception cref="InvalidOperationException">On first use: no address of the service is configured.</exception>
    public static IHttpClientBuilder AddServiceClient<TClient>(this IServiceCollection services, string service)
        where TClient : ClientBase
    {
        services.AddServiceDiscovery();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ResolverFactory, DiscoveryResolverFactory>());
        return services
            .AddGrpcClient<TClient>(
                // One type may be served by several services.
                $"{service}/{typeof(TClient).FullName}",
                options => options.Address = new Uri($"{DiscoveryResolverFactory.Scheme}:///{service}"))
            .ConfigureChannel((provider, channel) =>
            {
                channel.Credentials = CredentialsFor(service, provider.GetRequiredService<IConfiguration>());
                channel.ServiceProvider = provider;
                // Balancing needs the socket handler itself, without the handlers of plain HTTP calls around it: these
                // would end long streams, and resolve the service's name once more.
                channel.HttpHandler = CreateHandler();
                channel.DisposeHttpClient = true;
                channel.ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { new RoundRobinConfig() } };
                channel.MaxReceiveMessageSize = ContractLimits.MaxResponseBytes;
                channel.InitialReconnectBackoff = TimeSpan.FromMilliseconds(250);
                channel.MaxReconnectBackoff = TimeSpan.FromSeconds(3);
            });
    }

    private static SocketsHttpHandler CreateHandler() => new()
    {
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
    };

    private static ChannelCredentials CredentialsFor(string service, IConfiguration configuration)
    {
        var key = $"services:{service}:grpc:0";
        var address = configuration[key] ?? throw new InvalidOperationException(
            $"No address of '{service}': set {key}, as the AppHost does, to its grpc address.");
        return address.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
            ? ChannelCredentials.SecureSsl
            : ChannelCredentials.Insecure;
    }
}
