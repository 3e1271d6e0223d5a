using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A PostgreSQL server in a container.</summary>
public class PostgresServerResource : ContainerResource, IResourceWithConnectionString
{
    internal PostgresServerResource(string name, ParameterResource? userName, ParameterResource password)
        : base(name)
    {
        ConnectionStringExpression = userName is null
            ? ReferenceExpression.Create($"Host={Host};Port={Port};Username=postgres;Password={password}")
            : ReferenceExpression.Create($"Host={Host};Port={Port};Username={userName};Password={password}");
    }

    public ReferenceExpression ConnectionStringExpression { get; }

    public string ValueExpression => $"{{{Name}.connectionString}}";

    private static string Host => "127.0.0.1";

    private PortValue Port => new(this);

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        ConnectionStringExpression.GetValueAsync(cancellationToken);
}

/// <summary>A RabbitMQ server in a container.</summary>
public class RabbitMQServerResource : ContainerResource, IResourceWithConnectionString
{
    internal RabbitMQServerResource(string name, ParameterResource? userName, ParameterResource password)
        : base(name)
    {
        var port = new PortValue(this);
        ConnectionStringExpression = userName is null
            ? ReferenceExpression.Create($"amqp://guest:{password}@127.0.0.1:{port}")
            : ReferenceExpression.Create($"amqp://{userName}:{password}@127.0.0.1:{port}");
    }

    public ReferenceExpression ConnectionStringExpression { get; }

    public string ValueExpression => $"{{{Name}.connectionString}}";

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        ConnectionStringExpression.GetValueAsync(cancellationToken);
}

/// <summary>The port of a server's only endpoint.</summary>
internal sealed class PortValue(Resource server) : IValueProvider, IManifestExpressionProvider
{
    public string ValueExpression => $"{{{server.Name}.bindings.tcp.port}}";

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        new(new Uri(server.Settings.Endpoints[0].Url()).Port.ToString(CultureInfo.InvariantCulture));
}
