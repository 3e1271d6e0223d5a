using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace SessionPlatform.AppHost.Tests.Model;

/// <summary>What the model of the application promises, asked of the running one.</summary>
[Collection(ApplicationCollection.Name)]
public sealed class ModelTests(Application application)
{
    [Fact]
    public async Task Every_service_runs_twice_behind_one_address_and_speaks_health_and_reflection()
    {
        var model = application.Running.Services.GetRequiredService<DistributedApplicationModel>();
        foreach (var service in Application.Services)
        {
            Assert.Equal(2, model.Resources.Single(each => each.Name == service).GetReplicaCount());
            using var http = application.Running.CreateHttpClient(service, "http");
            Assert.Equal("Healthy", await http.GetStringAsync(new Uri("/health", UriKind.Relative)));

            var channel = application.Channel(service);
            var health = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest());
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
            Assert.Contains(await ServedByAsync(channel), name => name.StartsWith("sessionplatform.", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Each_database_belongs_to_the_role_that_logs_in_and_is_migrated()
    {
        await AssertOwnDatabaseAsync("sessions");
        await AssertOwnDatabaseAsync("funnels");
        Assert.StartsWith(
            "amqp://", await application.Running.GetConnectionStringAsync("messaging"), StringComparison.Ordinal);
    }

    private async Task AssertOwnDatabaseAsync(string name)
    {
        await using var database = NpgsqlDataSource.Create((await application.Running.GetConnectionStringAsync(name))!);
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
