namespace Aspire.Hosting.ApplicationModel;

/// <summary>The base of all resources.</summary>
public abstract class Resource(string name) : IResource
{
    public virtual string Name { get; } = ResourceName.Checked(name);

    internal ResourceSettings Settings { get; } = new();
}

/// <summary>A .NET project.</summary>
public class ProjectResource(string name) : Resource(name), IResourceWithEnvironment, IResourceWithArgs,
    IResourceWithServiceDiscovery, IResourceWithWaitSupport;

/// <summary>A program of the machine.</summary>
public class ExecutableResource(string name, string command, string workingDirectory) : Resource(name),
    IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport
{
    public string Command { get; } = command;

    public string WorkingDirectory { get; } = workingDirectory;
}

/// <summary>A container, run by the machine's container runtime.</summary>
public class ContainerResource(string name) : Resource(name), IResourceWithEnvironment, IResourceWithArgs,
    IResourceWithEndpoints, IResourceWithWaitSupport;

/// <summary>A value from outside the model.</summary>
public class ParameterResource : Resource, IValueProvider, IManifestExpressionProvider
{
    private readonly Lazy<string> value;

    internal ParameterResource(string name, Func<string> value, bool secret)
        : base(name)
    {
        this.value = new Lazy<string>(value);
        Secret = secret;
    }

    /// <summary>True keeps the value off the dashboard.</summary>
    public bool Secret { get; }

    public string ValueExpression => $"{{{Name}.value}}";

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(value.Value);
}

/// <summary>A connection string put together from other values.</summary>
public class ConnectionStringResource(string name, ReferenceExpression connectionStringExpression) : Resource(name),
    IResourceWithConnectionString, IResourceWithWaitSupport
{
    public ReferenceExpression ConnectionStringExpression { get; } = connectionStringExpression;

    public string ValueExpression => $"{{{Name}.connectionString}}";

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        ConnectionStringExpression.GetValueAsync(cancellationToken);
}
