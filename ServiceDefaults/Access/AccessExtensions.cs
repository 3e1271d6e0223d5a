using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.ServiceDefaults.Access;

/// <summary>Registers keys and scopes.</summary>
public static class AccessExtensions
{
    private const string Sessionizer = "sessionizer";

    /// <summary>
    /// Adds <see cref="AccessInterceptor"/>, which the service names in <c>AddGrpc(options =&gt;
    /// options.Interceptors.Add&lt;AccessInterceptor&gt;())</c>, and <see cref="PlatformOptions"/>. It needs an
    /// <see cref="IKeyDirectory"/>: the service's own, or <see cref="AddRemoteDirectories{TBuilder}"/>.
    /// </summary>
    public static TBuilder AddAccess<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddPlatformClients();
        builder.Services.AddSingleton<AccessInterceptor>();
        return builder;
    }

    /// <summary>
    /// Adds <see cref="IKeyDirectory"/> and <see cref="ISiteDirectory"/> over the Sessionizer, cached.
    /// </summary>
    public static TBuilder AddRemoteDirectories<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddPlatformClient(Sessionizer, invoker => new Sites.SitesClient(invoker));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IKeyDirectory, RemoteKeyDirectory>();
        builder.Services.AddSingleton<ISiteDirectory, RemoteSiteDirectory>();
        return builder;
    }

    /// <summary>
    /// Adds a client of another service as a singleton; each call presents the platform key, unless it brings an
    /// <c>authorization</c> of its own.
    /// </summary>
    public static TBuilder AddPlatformClient<TBuilder, TClient>(
        this TBuilder builder, string service, Func<CallInvoker, TClient> create)
        where TBuilder : IHostApplicationBuilder
        where TClient : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddPlatformClients();
        builder.Services.TryAddSingleton(provider =>
        {
            var channel = provider.GetRequiredService<ServiceChannels>().To(service);
            var key = provider.GetRequiredService<IOptions<PlatformOptions>>().Value.Key;
            return create(channel.Intercept(new PlatformKeyInterceptor(key)));
        });
        return builder;
    }

    private static void AddPlatformClients(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<PlatformOptions>()
            .BindConfiguration(PlatformOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.TryAddSingleton<ServiceAddresses>();
        builder.Services.TryAddSingleton<ServiceChannels>();
    }
}
