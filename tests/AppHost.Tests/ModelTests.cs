using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace SessionPlatform.AppHost.Tests;

/// <summary>The application as its model says, started by the orchestrator in this process, with two replicas.</summary>
public sealed class ModelTests : IAsyncLifetime, IDisposable
{
    private static readonly string[] Services = ["ingestion", "sessionizer", "funnel", "query"];
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(3);

    private readonly TemporaryState state = new();
    private DistributedApplication application = null!;

    public async Task InitializeAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            [$"--SESSIONPLATFORM_STATE={state.Path}", "--SESSIONPLATFORM_REPLICAS=2"]);
        application = await builder.BuildAsync();
        using var late = new CancellationTokenSource(LongestStart);
        await application.StartAsync(late.Token);
        foreach (var service in Services)
            await application.ResourceNotifications.WaitForResourceHealthyAsync(service, late.Token);
    }

    public async Task DisposeAsync() => await application.DisposeAsync();

    public void Dispose() => state.Dispose();

    [Fact]
    public async Task Every_service_runs_twice_behind_one_address_and_speaks_health_and_reflection()
    {
        var model = application.Services.GetRequiredService<DistributedApplicationModel>();
        foreach (var service in Services)
        {
            var resource = model.Resources.Single(each => each.Name == service);
            Assert.Equal(2, resource.GetReplicaCount());
            using var http = application.CreateHttpClient(service, "http");
            Assert.Equal("Healthy", await http.GetStringAsync(new Uri("/health", UriKind.Relative)));

            using var channel = GrpcChannel.ForAddress(application.GetEndpoint(service, "grpc"));
            var health = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest());
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
            Assert.Contains(await ServedByAsync(channel), name => name.StartsWith("sessionplatform.", StringComparison.Ordinal));
        }

        await AssertOwnDatabaseAsync("sessions");
        await AssertOwnDatabaseAsync("funnels");
        Assert.StartsWith("amqp://", await application.GetConnectionStringAsync("messaging"), StringComparison.Ordinal);
    }

    // Its migrations are there, and it belongs to the role that logs in.
    private async Task AssertOwnDatabaseAsync(string name)
    {
        await using var database = NpgsqlDataSource.Create((await application.GetConnectionStringAsync(name))!);
        await using var owner = database.CreateCommand(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()");
        Assert.Equal(name, await owner.ExecuteScalarAsync());
        await using var tables = database.CreateCommand(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = $1");
        tables.Parameters.Add(new NpgsqlParameter { Value = name });
        Assert.True((long)(await tables.ExecuteScalarAsync())! > 5);
    }

    private static async Task<IReadOnlyList<string>> ServedByAsync(GrpcChannel channel)
    {
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        var services = call.ResponseStream.Current.ListServicesResponse.Service.Select(each => each.Name).ToList();
        await call.RequestStream.CompleteAsync();
        return services;
    }
}
