using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SessionPlatform.Access;

namespace SessionPlatform.Funnel.Tests;

/// <summary>
/// The service on a free port of this machine, with fake directories of sites and keys. Background work does not run.
/// </summary>
internal sealed class FunnelHost : IAsyncDisposable
{
    public const string PlatformKey = "the platform key of this test";

    private readonly WebApplication app;

    private FunnelHost(WebApplication app)
    {
        this.app = app;
        Channel = GrpcChannel.ForAddress(app.Urls.First());
    }

    public GrpcChannel Channel { get; }

    public IServiceProvider Services => app.Services;

    /// <param name="configure">Runs after the registrations of the service, so that it can replace them.</param>
    /// <param name="map">Maps further endpoints, for example of a fake.</param>
    public static async Task<FunnelHost> StartAsync(
        PostgresFixture postgres,
        ISiteDirectory sites,
        IKeyDirectory keys,
        Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["Platform:Key"] = PlatformKey;
        builder.WebHost.ConfigureKestrel(options =>
            options.Listen(System.Net.IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.AddAccess();
        builder.AddFunnel();
        builder.Services.AddSingleton(keys);
        builder.Services.AddSingleton(sites);
        builder.Services.AddSingleton(postgres.DataSource);
        builder.Services.AddSingleton(TimeProvider.System);
        configure?.Invoke(builder);
        var app = builder.Build();
        app.MapFunnel();
        map?.Invoke(app);
        await app.StartAsync();
        return new FunnelHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await app.DisposeAsync();
    }
}
