using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Programs of the machine as resources.</summary>
public static class ExecutableResourceBuilderExtensions
{
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder,
        string name,
        string command,
        string workingDirectory,
        params string[]? args)
    {
        var folder = Path.GetFullPath(workingDirectory, builder.AppHostDirectory);
        return builder.AddResource(new ExecutableResource(name, command, folder)).WithArgs(args ?? []);
    }
}

/// <summary>Values from outside the model.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>The value comes from the configuration <c>Parameters:NAME</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(
            name,
            () => builder.Configuration[$"Parameters:{name}"]
                ?? throw new InvalidOperationException($"The parameter '{name}' has no value: set Parameters:{name}."),
            secret));

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder,
        string name,
        string value,
        bool publishValueAsDefault = false,
        bool secret = false)
    {
        // Nothing is published here.
        _ = publishValueAsDefault;
        return builder.AddResource(new ParameterResource(name, () => value, secret));
    }
}

/// <summary>Connection strings as resources.</summary>
public static class ConnectionStringBuilderExtensions
{
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression)
    {
        var resource = builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));
        resource.Settings().References.AddRange(connectionStringExpression.Providers.OfType<IResource>());
        return resource;
    }
}

/// <summary>PostgreSQL in a container.</summary>
public static class PostgresBuilderExtensions
{
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null,
        int? port = null)
    {
        var secret = password ?? builder.AddParameter($"{name}-password", secret: true);
        var server = builder.AddResource(new PostgresServerResource(name, userName?.Resource, secret.Resource));
        server.Settings().Container =
            new ContainerSettings("docker.io/library/postgres:17.6", "/var/lib/postgresql/data");
        server.Settings().Endpoints.Add(new Endpoint("tcp", "tcp") { Port = port, TargetPort = 5432 });
        return server
            .WithVariable("POSTGRES_USER", userName is null ? _ => new("postgres") : userName.Resource.GetValueAsync)
            .WithVariable("POSTGRES_PASSWORD", secret.Resource.GetValueAsync);
    }

    public static IResourceBuilder<PostgresServerResource> WithDataVolume(
        this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false) =>
        ContainerVolumes.Add(builder, name, isReadOnly);
}

/// <summary>RabbitMQ in a container.</summary>
public static class RabbitMQBuilderExtensions
{
    public static IResourceBuilder<RabbitMQServerResource> AddRabbitMQ(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null,
        int? port = null)
    {
        var secret = password ?? builder.AddParameter($"{name}-password", secret: true);
        var server = builder.AddResource(new RabbitMQServerResource(name, userName?.Resource, secret.Resource));
        server.Settings().Container = new ContainerSettings("docker.io/library/rabbitmq:4.2", "/var/lib/rabbitmq");
        server.Settings().Endpoints.Add(new Endpoint("tcp", "tcp") { Port = port, TargetPort = 5672 });
        return server
            .WithVariable(
                "RABBITMQ_DEFAULT_USER", userName is null ? _ => new("guest") : userName.Resource.GetValueAsync)
            .WithVariable("RABBITMQ_DEFAULT_PASS", secret.Resource.GetValueAsync)
            // The data lies in a folder named after the node, so that the node's name must not change.
            .WithVariable("RABBITMQ_NODENAME", _ => new($"{name}@localhost"));
    }

    public static IResourceBuilder<RabbitMQServerResource> WithDataVolume(
        this IResourceBuilder<RabbitMQServerResource> builder, string? name = null, bool isReadOnly = false) =>
        ContainerVolumes.Add(builder, name, isReadOnly);
}

internal static class ContainerVolumes
{
    public static IResourceBuilder<T> Add<T>(IResourceBuilder<T> builder, string? name, bool isReadOnly)
        where T : ContainerResource
    {
        var container = builder.Settings().Container!;
        var volume = name ?? $"sessionplatform-{builder.Resource.Name}";
        container.Volume = $"{volume}:{container.DataPath}{(isReadOnly ? ":ro" : "")}";
        return builder;
    }
}
