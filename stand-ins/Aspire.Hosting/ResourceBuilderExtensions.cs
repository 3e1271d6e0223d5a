using System.Runtime.CompilerServices;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>What resources of several kinds have in common.</summary>
public static class ResourceBuilderExtensions
{
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value)
        where T : IResourceWithEnvironment => builder.WithVariable(name, _ => new(value));

    public static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder, string name, Func<string> callback)
        where T : IResourceWithEnvironment => builder.WithVariable(name, _ => new(callback()));

    public static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder, string name, ReferenceExpression value)
        where T : IResourceWithEnvironment => builder.WithVariable(name, value.GetValueAsync);

    public static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder, string name, EndpointReference endpointReference)
        where T : IResourceWithEnvironment => builder.WithVariable(name, endpointReference.GetValueAsync);

    public static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> parameter)
        where T : IResourceWithEnvironment => builder.WithVariable(name, parameter.Resource.GetValueAsync);

    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params string[] args)
        where T : IResourceWithArgs
    {
        builder.Settings().Arguments.AddRange(args);
        return builder;
    }

    /// <summary>Gives the process <c>ConnectionStrings__NAME</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null,
        bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        builder.Settings().References.Add(source.Resource);
        return builder.WithVariable($"ConnectionStrings__{connectionName ?? source.Resource.Name}", async token =>
        {
            var value = await source.Resource.GetValueAsync(token);
            return value ?? (optional
                ? null
                : throw new InvalidOperationException($"'{source.Resource.Name}' has no connection string."));
        });
    }

    /// <summary>Gives the process <c>services__NAME__ENDPOINT__INDEX</c> for each endpoint and replica.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        builder.Settings().References.Add(source.Resource);
        builder.Settings().Environment.Add(AddressesAsync);
        return builder;

        async IAsyncEnumerable<(string Name, string? Value)> AddressesAsync(
            [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            foreach (var endpoint in ((Resource)(IResource)source.Resource).Settings.Endpoints)
            {
                for (var replica = 0; replica < endpoint.Ports.Count; replica++)
                    yield return (
                        $"services__{source.Resource.Name}__{endpoint.Name}__{replica}", endpoint.Url(replica));
            }
        }
    }

    public static IResourceBuilder<T> WaitFor<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.WithWait(new Wait(dependency.Resource, WaitKind.Ready));

    public static IResourceBuilder<T> WaitForStart<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.WithWait(new Wait(dependency.Resource, WaitKind.Started));

    public static IResourceBuilder<T> WaitForCompletion<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport =>
        builder.WithWait(new Wait(dependency.Resource, WaitKind.Completed, exitCode));

    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder,
        int? port = null,
        int? targetPort = null,
        string? name = null,
        string? env = null,
        bool? isProxied = null)
        where T : IResourceWithEndpoints
    {
        // Nothing stands between a caller and the process here, so a wish for or against a proxy changes nothing.
        _ = isProxied;
        builder.Settings().Endpoints.Add(new Endpoint(name ?? "http", "http")
        {
            Port = port ?? targetPort,
            TargetPort = targetPort,
            PortVariable = env,
        });
        return builder;
    }

    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name)
        where T : IResourceWithEndpoints => new(builder.Resource, name);

    /// <summary>The resource is ready only while this check of the application's services says healthy.</summary>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key)
        where T : IResource
    {
        builder.Settings().HealthChecks.Add(key);
        return builder;
    }

    /// <summary>The resource is ready only while every replica answers on this path with this status.</summary>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        builder.Settings().HttpHealthChecks.Add(new HttpHealthCheck(path ?? "/", statusCode ?? 200, endpointName));
        return builder;
    }

    internal static ResourceSettings Settings<T>(this IResourceBuilder<T> builder)
        where T : IResource => ((Resource)(IResource)builder.Resource).Settings;

    internal static IResourceBuilder<T> WithVariable<T>(
        this IResourceBuilder<T> builder, string name, Func<CancellationToken, ValueTask<string?>> value)
        where T : IResource
    {
        builder.Settings().Environment.Add(OneAsync);
        return builder;

        async IAsyncEnumerable<(string Name, string? Value)> OneAsync(
            [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return (name, await value(cancellationToken));
        }
    }

    private static IResourceBuilder<T> WithWait<T>(this IResourceBuilder<T> builder, Wait wait)
        where T : IResource
    {
        builder.Settings().Waits.Add(wait);
        return builder;
    }
}
