using System.Globalization;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Ingestion.Configuration;
using SessionPlatform.Access;
using SessionPlatform.Messaging;
using Client = SessionPlatform.Contracts.Ingestion.V1.Ingestion.IngestionClient;

namespace SessionPlatform.Ingestion.Tests.Grpc;

/// <summary>Runs the service on a real server with a real client, a fake bus and two sites, shop and blog.</summary>
internal sealed class IngestionHost : IAsyncDisposable
{
    public const string PlatformKey = "the platform's own key";
    private readonly WebApplication app;
    private readonly GrpcChannel channel;

    private IngestionHost(WebApplication app, FakeBus bus)
    {
        this.app = app;
        Bus = bus;
        channel = GrpcChannel.ForAddress(app.Urls.Single(), new GrpcChannelOptions { MaxSendMessageSize = null });
        Client = new Client(channel);
    }

    public FakeBus Bus { get; }

    public Client Client { get; }

    /// <summary>The channel to the server, for clients of its other services.</summary>
    public GrpcChannel Channel => channel;

    public static Metadata Key(string key) => new() { { "authorization", $"Bearer {key}" } };

    public static Task<IngestionHost> StartAsync(Action<IngestionOptions>? configure = null)
    {
        var bus = new FakeBus();
        return StartAsync(bus, builder =>
        {
            builder.Services.AddSingleton<IPartitionPublisher>(bus);
            builder.Services.AddOptions<BusOptions>();
            builder.Services.Configure<IngestionOptions>(options => configure?.Invoke(options));
        });
    }

    /// <summary>Starts the service on a real broker.</summary>
    public static Task<IngestionHost> StartOnBrokerAsync(string connectionString, long? maxQueueBytes = null) =>
        StartAsync(new FakeBus(), builder =>
        {
            builder.Configuration["ConnectionStrings:messaging"] = connectionString;
            if (maxQueueBytes is { } bytes)
                builder.Configuration["Bus:MaxQueueBytes"] = bytes.ToString(CultureInfo.InvariantCulture);
            builder.AddPlatformBus(bus => bus
                .AddPartitionRoute<EventsAccepted>("sessionizer-events")
                .AddQueueRoute<EventsRejected>("sessionizer-rejects"));
        });

    private static async Task<IngestionHost> StartAsync(FakeBus bus, Action<WebApplicationBuilder> addBus)
    {
        // Empty: the settings of the service itself name fixed ports.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Configuration["Platform:Key"] = PlatformKey;
        var directory = new Directory();
        builder.Services.AddSingleton<IKeyDirectory>(directory);
        builder.Services.AddSingleton<ISiteDirectory>(directory);
        addBus(builder);
        builder.AddIngestion();
        var app = builder.Build();
        app.MapIngestion();
        await app.StartAsync();
        return new IngestionHost(app, bus);
    }

    /// <summary>Sends bytes that no client of the contract would send.</summary>
    public async Task<TrackResponse> TrackRawAsync(byte[] request, string key = "shop-ingest")
    {
        var bytes = new Marshaller<byte[]>(value => value, value => value);
        var response = new Marshaller<TrackResponse>(value => value.ToByteArray(), TrackResponse.Parser.ParseFrom);
        var method = new Method<byte[], TrackResponse>(
            MethodType.Unary, "sessionplatform.ingestion.v1.Ingestion", "Track", bytes, response);
        return await channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(Key(key)), request);
    }

    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Bus.Release();
        channel.Dispose();
        await app.DisposeAsync();
    }

    private sealed class Directory : IKeyDirectory, ISiteDirectory
    {
        private readonly Dictionary<string, Site> sites =
            new[] { Examples.Shop(), Examples.Shop("blog") }.ToDictionary(site => site.SiteId);

        public ValueTask<Caller?> FindAsync(string secret, CancellationToken cancellationToken) =>
            new(secret.Split('-') is [var site, var scope] && sites.TryGetValue(site, out var found)
                && Enum.TryParse<Key.Types.Scope>(scope, ignoreCase: true, out var parsed)
                    ? new Caller(false, found, new HashSet<Key.Types.Scope> { parsed })
                    : null);

        ValueTask<Site?> ISiteDirectory.FindAsync(string siteId, CancellationToken cancellationToken) =>
            new(sites.GetValueOrDefault(siteId));
    }
}
