using Aspire.RabbitMQ.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

// The official package puts its extension methods here, so that a service needs no using.
namespace Microsoft.Extensions.Hosting;

/// <summary>Registers a RabbitMQ connection for a named connection string.</summary>
public static class AspireRabbitMQExtensions
{
    private const string Section = "Aspire:RabbitMQ:Client";

    /// <summary>
    /// Adds the singletons <see cref="IConnectionFactory"/> and <see cref="IConnection"/> for
    /// <c>ConnectionStrings:{connectionName}</c> and the health check <c>RabbitMQ.Client</c>.
    /// </summary>
    public static void AddRabbitMQClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<RabbitMQClientSettings>? configureSettings = null,
        Action<ConnectionFactory>? configureConnectionFactory = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = new RabbitMQClientSettings();
        builder.Configuration.GetSection(Section).Bind(settings);
        builder.Configuration.GetSection($"{Section}:{connectionName}").Bind(settings);
        settings.ConnectionString = builder.Configuration.GetConnectionString(connectionName)
            ?? settings.ConnectionString;
        configureSettings?.Invoke(settings);

        builder.Services.AddSingleton<IConnectionFactory>(_ =>
            CreateFactory(connectionName, settings, configureConnectionFactory));
        // A container builds synchronously, and the connection is a singleton by the official contract.
        builder.Services.AddSingleton(services =>
            ConnectAsync(services.GetRequiredService<IConnectionFactory>(), settings.MaxConnectRetryCount)
                .GetAwaiter().GetResult());
        if (!settings.DisableHealthChecks)
            builder.Services.AddHealthChecks().AddCheck<ConnectionHealthCheck>("RabbitMQ.Client");
    }

    private static ConnectionFactory CreateFactory(
        string connectionName, RabbitMQClientSettings settings, Action<ConnectionFactory>? configure)
    {
        if (string.IsNullOrEmpty(settings.ConnectionString))
        {
            throw new InvalidOperationException(
                $"No connection string: set ConnectionStrings:{connectionName} or {Section}:ConnectionString.");
        }

        var factory = new ConnectionFactory { Uri = new Uri(settings.ConnectionString) };
        configure?.Invoke(factory);
        return factory;
    }

    private static async Task<IConnection> ConnectAsync(IConnectionFactory factory, int retries)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await factory.CreateConnectionAsync();
            }
            catch (BrokerUnreachableException) when (attempt < retries)
            {
                await Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, attempt)));
            }
        }
    }

    private sealed class ConnectionHealthCheck(IServiceProvider services) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                // Resolved here, off the caller's thread: the first resolution connects and may wait.
                var connection = await Task.Run(services.GetRequiredService<IConnection>, cancellationToken);
                await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                return new HealthCheckResult(context.Registration.FailureStatus, exception: error);
            }
        }
    }
}
