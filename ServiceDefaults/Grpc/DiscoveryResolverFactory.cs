using System.Net;
using Grpc.Net.Client.Balancer;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.ServiceDiscovery;

namespace SessionPlatform.ServiceDefaults.Grpc;

/// <summary>
/// Resolves <c>discovery:///SERVICE</c> to all replicas of the service's endpoint <c>grpc</c> through service
/// discovery, so that a channel balances its calls over them.
/// </summary>
internal sealed class DiscoveryResolverFactory(ServiceEndpointResolver endpoints) : ResolverFactory
{
    /// <summary>The scheme of addresses that this factory resolves.</summary>
    public const string Scheme = "discovery";

    public override string Name => Scheme;

    public override Resolver Create(ResolverOptions options) => new DiscoveryResolver(options, endpoints);

    private sealed class DiscoveryResolver(ResolverOptions options, ServiceEndpointResolver endpoints)
        : PollingResolver(options.LoggerFactory)
    {
        private readonly string service = options.Address.AbsolutePath.TrimStart('/');

        protected override async Task ResolveAsync(CancellationToken cancellationToken)
        {
            var source = await endpoints.GetEndpointsAsync($"http://_grpc.{service}", cancellationToken);
            var addresses = source.Endpoints.Select(endpoint => AddressOf(endpoint.EndPoint)).ToArray();
            Listener(ResolverResult.ForResult(addresses));
            ChangeToken.OnChange(() => source.ChangeToken, Refresh);
        }

        private static BalancerAddress AddressOf(EndPoint endpoint) => endpoint switch
        {
            IPEndPoint ip => new(ip.Address.ToString(), ip.Port),
            DnsEndPoint dns => new(dns.Host, dns.Port),
            // Addresses from the configuration are URIs.
            _ when Uri.TryCreate(endpoint.ToString(), UriKind.Absolute, out var uri) => new(uri.Host, uri.Port),
            _ => throw new NotSupportedException($"'{endpoint}' is not an address that gRPC can connect to."),
        };
    }
}
