namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something the application is made of.</summary>
public interface IResource
{
    /// <summary>Letters, digits and hyphens; unique in the application.</summary>
    string Name { get; }
}

/// <summary>Yields a value once the application starts.</summary>
public interface IValueProvider
{
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

/// <summary>Can stand in an expression such as <see cref="ReferenceExpression"/>.</summary>
public interface IManifestExpressionProvider
{
    string ValueExpression { get; }
}

public interface IResourceWithEnvironment : IResource;

public interface IResourceWithArgs : IResource;

public interface IResourceWithEndpoints : IResource;

public interface IResourceWithWaitSupport : IResource;

public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

/// <summary>Others reach it by a connection string.</summary>
public interface IResourceWithConnectionString : IResource, IValueProvider, IManifestExpressionProvider
{
    ReferenceExpression ConnectionStringExpression { get; }
}

/// <summary>Configures one resource.</summary>
public interface IResourceBuilder<out T>
    where T : IResource
{
    IDistributedApplicationBuilder ApplicationBuilder { get; }

    T Resource { get; }
}

/// <summary>All resources, in the order they were added.</summary>
public interface IResourceCollection : IList<IResource>;
