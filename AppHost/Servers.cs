using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SessionPlatform.LocalServers;

namespace SessionPlatform.AppHost;

/// <summary>
/// PostgreSQL and RabbitMQ: containers where a container runtime answers, else private processes from the machine's own
/// packages. The one place that knows the difference; ports, passwords, health and connection strings are the same.
/// </summary>
internal sealed class Servers
{
    private const string Healthy = "-answers";
    private const string PostgresTag = "18.3";
    private const string RabbitMqTag = "4.3";

    private readonly IDistributedApplicationBuilder builder;
    private readonly LocalState state;
    private readonly IResourceBuilder<IResource> postgres;
    private readonly IResourceBuilder<IResource> rabbitMq;
    private readonly int postgresPort = LocalPorts.Free();
    private readonly int rabbitMqPort = LocalPorts.Free();
    private readonly IResourceBuilder<ParameterResource> rabbitMqPassword;
    private readonly PostgresHealthCheck databases;

    private Servers(IDistributedApplicationBuilder builder, LocalState state)
    {
        this.builder = builder;
        this.state = state;
        var postgresPassword = Password("postgres");
        rabbitMqPassword = Password("rabbitmq");
        (postgres, rabbitMq) = HasContainerRuntime()
            ? AddContainers(postgresPassword)
            : AddPrivateProcesses(postgresPassword);

        databases = new PostgresHealthCheck(
            $"Host=127.0.0.1;Port={postgresPort};Username=postgres;Password={state.Secret("postgres")};Database=postgres");
        builder.Services.AddHealthChecks()
            .AddCheck("postgres" + Healthy, databases)
            .AddCheck("rabbitmq" + Healthy, new RabbitMqHealthCheck(rabbitMqPort));
        postgres.WithHealthCheck("postgres" + Healthy);
        rabbitMq.WithHealthCheck("rabbitmq" + Healthy);
    }

    public static Servers AddTo(IDistributedApplicationBuilder builder, LocalState state) => new(builder, state);

    /// <summary>A database with a login role of the same name, which can touch this database and no other.</summary>
    public IResourceBuilder<IResourceWithConnectionString> AddDatabase(string name)
    {
        var password = Password($"{name}-database");
        databases.Add(name, state.Secret($"{name}-database"));
        var port = Text(postgresPort);
        return builder
            .AddConnectionString(name, ReferenceExpression.Create(
                $"Host=127.0.0.1;Port={port};Username={name};Password={password};Database={name}"))
            .WaitFor(postgres);
    }

    /// <summary>The broker.</summary>
    public IResourceBuilder<IResourceWithConnectionString> AddMessaging(string name)
    {
        var port = Text(rabbitMqPort);
        return builder
            .AddConnectionString(name, ReferenceExpression.Create(
                $"amqp://{LocalRabbitMq.UserName}:{rabbitMqPassword}@127.0.0.1:{port}"))
            .WaitFor(rabbitMq);
    }

    private (IResourceBuilder<IResource> Postgres, IResourceBuilder<IResource> RabbitMq) AddContainers(
        IResourceBuilder<ParameterResource> postgresPassword)
    {
        var user = builder.AddParameter("rabbitmq-user", LocalRabbitMq.UserName);
        return (
            builder.AddPostgres("postgres", password: postgresPassword, port: postgresPort)
                .WithImageTag(PostgresTag).WithDataVolume(),
            builder.AddRabbitMQ("rabbitmq", user, rabbitMqPassword, rabbitMqPort)
                .WithImageTag(RabbitMqTag).WithDataVolume());
    }

    private (IResourceBuilder<IResource> Postgres, IResourceBuilder<IResource> RabbitMq) AddPrivateProcesses(
        IResourceBuilder<ParameterResource> postgresPassword)
    {
        var (distribution, mapper) = (LocalPorts.Free(), LocalPorts.Free());
        return (
            AddPrivateProcess("postgres", postgresPassword, Text(postgresPort)),
            AddPrivateProcess(
                "rabbitmq", rabbitMqPassword, Text(rabbitMqPort), Text(distribution), Text(mapper)));
    }

    // Under supervise.sh, which ends what a server leaves behind (RabbitMQ's port mapper) and, where the AppHost was
    // killed, lets the services go first.
    private IResourceBuilder<ExecutableResource> AddPrivateProcess(
        string name, IResourceBuilder<ParameterResource> password, params string[] ports) =>
        builder.AddExecutable(
            name, "bash", state.Folder,
            [Script("supervise.sh"), state.Folder, "server", name, "TERM", "60", Script($"{name}.sh"), state.Folder, .. ports])
            .WithEnvironment("SERVER_PASSWORD", password);

    private IResourceBuilder<ParameterResource> Password(string name) =>
        builder.AddParameter($"{name}-password", state.Secret(name), secret: true);

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, name);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // A docker command without its daemon is common; only an answer counts.
    private static bool HasContainerRuntime()
    {
        try
        {
            using var docker = Process.Start(new ProcessStartInfo("docker", "info")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            return docker is not null && docker.WaitForExit(TimeSpan.FromSeconds(10)) && docker.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
