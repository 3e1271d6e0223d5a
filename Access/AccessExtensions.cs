using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Access;

/// <summary>Registers authentication and authorization.</summary>
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
        builder.AddPlatformOptions();
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
        builder.AddPlatformClient<Sites.SitesClient>(Sessionizer);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IKeyDirectory, RemoteKeyDirectory>();
        builder.Services.AddSingleton<ISiteDirectory, RemoteSiteDirectory>();
        return builder;
    }

    /// <summary>
    /// Adds a client of another service. Each call presents the platform key, unless it has an <c>authorization</c>
    /// header already.
    /// </summary>
    /// <returns>The client's name, which tells apart clients of one type for several services.</returns>
    public static string AddPlatformClient<TClient>(this IHostApplicationBuilder builder, string service)
        where TClient : ClientBase
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddPlatformOptions();
        return builder.Services.AddServiceClient<TClient>(service)
            .AddInterceptor(provider =>
                new PlatformKeyInterceptor(provider.GetRequiredService<IOptions<PlatformOptions>>().Value.Key))
            .Name;
    }

    private static void AddPlatformOptions(this IHostApplicationBuilder builder) =>
        builder.Services.AddOptions<PlatformOptions>()
            .BindConfiguration(PlatformOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
}
