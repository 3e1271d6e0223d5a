using Microsoft.Extensions.Configuration;

namespace SessionPlatform.ServiceDefaults;

/// <summary>
/// Finds the other services by name, from the settings the AppHost gives: <c>services:NAME:ENDPOINT:INDEX</c>.
/// </summary>
public sealed class ServiceAddresses(IConfiguration configuration)
{
    /// <summary>The addresses of all replicas of an endpoint, in the order they were given; never empty.</summary>
    /// <exception cref="InvalidOperationException">None is configured.</exception>
    public IReadOnlyList<Uri> All(string service, string endpoint = "grpc")
    {
        var key = $"services:{service}:{endpoint}";
        var addresses = configuration.GetSection(key).GetChildren()
            .OrderBy(child => int.TryParse(child.Key, out var index) ? index : int.MaxValue)
            .Select(child => child.Value)
            .OfType<string>()
            .Select(value => new Uri(value))
            .ToArray();
        return addresses.Length > 0
            ? addresses
            : throw new InvalidOperationException(
                $"No address of '{service}': set {key}:0, as the AppHost does, to its {endpoint} address.");
    }

    /// <summary>
    /// Turns a logical address (<c>http://_grpc.sessionizer</c>, or <c>http://sessionizer</c> for the endpoint named
    /// like the scheme) into the first configured one. An address of no configured service is returned as it is.
    /// </summary>
    public Uri Resolve(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var (endpoint, service) = Parse(address);
        return configuration.GetSection($"services:{service}:{endpoint}").Exists()
            ? new Uri(All(service, endpoint)[0], address.PathAndQuery)
            : address;
    }

    private static (string Endpoint, string Service) Parse(Uri address)
    {
        var host = address.Host;
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return host.StartsWith('_') && dot > 1
            ? (host[1..dot], host[(dot + 1)..])
            : (address.Scheme, host);
    }
}
