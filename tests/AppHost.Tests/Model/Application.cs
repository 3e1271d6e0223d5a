using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Grpc.Core;
using Grpc.Net.Client;
using SessionPlatform.LocalServers;

namespace SessionPlatform.AppHost.Tests.Model;

/// <summary>
/// The application as its model says, started by the orchestrator in this process, with two replicas of each service and
/// a receiver of their telemetry.
/// </summary>
public sealed class Application : IAsyncLifetime, IDisposable
{
    public static readonly IReadOnlyList<string> Services = ["ingestion", "sessionizer", "funnel", "query"];

    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(3);

    private readonly TemporaryState state = new();
    private readonly List<GrpcChannel> channels = [];
    private DistributedApplication? application;
    private OtlpReceiver? receiver;

    public DistributedApplication Running => application!;

    /// <summary>What the services' telemetry says.</summary>
    public OtlpReceiver Telemetry => receiver!;

    /// <summary>Metadata that presents the platform's key.</summary>
    public Metadata PlatformKey => new()
    {
        { "authorization", $"Bearer {LocalSecrets.GetOrCreate(state.Path, "platform-key")}" },
    };

    public async Task InitializeAsync()
    {
        receiver = await OtlpReceiver.StartAsync();
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
        [
            $"--SESSIONPLATFORM_STATE={state.Path}",
            "--SESSIONPLATFORM_REPLICAS=2",
            $"--OTEL_EXPORTER_OTLP_ENDPOINT={receiver.Address}",
        ]);
        application = await builder.BuildAsync();
        using var late = new CancellationTokenSource(LongestStart);
        await application.StartAsync(late.Token);
        foreach (var service in Services)
            await application.ResourceNotifications.WaitForResourceHealthyAsync(service, late.Token);
    }

    public async Task DisposeAsync()
    {
        foreach (var channel in channels)
            channel.Dispose();
        if (application is not null)
            await application.DisposeAsync();
        if (receiver is not null)
            await receiver.DisposeAsync();
    }

    public void Dispose() => state.Dispose();

    /// <summary>A channel to a service, closed at the end.</summary>
    public GrpcChannel Channel(string service)
    {
        var channel = GrpcChannel.ForAddress(Running.GetEndpoint(service, "grpc"));
        channels.Add(channel);
        return channel;
    }
}

/// <summary>The classes that share one started application.</summary>
[CollectionDefinition(Name)]
public sealed class ApplicationCollection : ICollectionFixture<Application>
{
    public const string Name = "application";
}
