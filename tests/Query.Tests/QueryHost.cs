using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using JobsClient = SessionPlatform.Contracts.Jobs.V1.Jobs.JobsClient;
using QueryClient = SessionPlatform.Contracts.Query.V1.Query.QueryClient;

namespace SessionPlatform.Query.Tests;

/// <summary>Runs the whole Query service on its own Kestrel server, in front of fake services.</summary>
public sealed class QueryHost : IAsyncLifetime
{
    private readonly Dictionary<string, string> settings = new()
    {
        ["Query:RetryPause"] = "00:00:00.001",
        ["Query:LongestRetryPause"] = "00:00:00.010",
        ["Query:HedgeAfter"] = "00:00:30",
        ["Query:BreakerMinimumCalls"] = "100000",
        ["Query:CheckpointPatience"] = "00:05:00",
    };

    private readonly Stack<Func<ValueTask>> endings = new();

    internal FakeServices Services { get; private set; } = null!;

    internal QueryClient Client { get; private set; } = null!;

    internal JobsClient Jobs { get; private set; } = null!;

    internal QueryHost With(string name, string value)
    {
        settings[$"Query:{name}"] = value;
        return this;
    }

    /// <summary>Options of a call with this key, and a deadline that only a hanging test meets.</summary>
    internal static CallOptions As(string key, CancellationToken cancellation = default) => new(
        new Metadata { { "authorization", $"Bearer {key}" } },
        DateTime.UtcNow.AddSeconds(30),
        cancellation);

    public async Task InitializeAsync()
    {
        Services = await FakeServices.StartAsync();
        endings.Push(Services.DisposeAsync);
        var builder = WebApplication.CreateBuilder([.. Arguments()]);
        builder.AddQuery();
        var app = builder.Build();
        app.MapQuery();
        endings.Push(app.DisposeAsync);
        await app.StartAsync();
        var channel = GrpcChannel.ForAddress(app.Urls.First());
        endings.Push(() =>
        {
            channel.Dispose();
            return ValueTask.CompletedTask;
        });
        Client = new QueryClient(channel);
        Jobs = new JobsClient(channel);
    }

    public async Task DisposeAsync()
    {
        while (endings.TryPop(out var endAsync))
            await endAsync();
    }

    private IEnumerable<string> Arguments()
    {
        yield return $"--Platform:Key={FakeServices.PlatformKey}";
        foreach (var service in new[] { "sessionizer", "ingestion" })
            yield return $"--services:{service}:grpc:0={Services.Address}";
        yield return $"--services:funnel:grpc:0={Services.FunnelAddress}";
        // Endpoints start in the order of their names: the gRPC one is the first address.
        yield return "--Kestrel:Endpoints:grpc:Url=http://127.0.0.1:0";
        yield return "--Kestrel:Endpoints:grpc:Protocols=Http2";
        yield return "--Kestrel:Endpoints:http:Url=http://127.0.0.1:0";
        yield return "--Logging:LogLevel:Default=None";
        foreach (var (name, value) in settings)
            yield return $"--{name}={value}";
    }
}
