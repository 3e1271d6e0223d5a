namespace Aspire.Hosting.ApplicationModel;

/// <summary>The address of a resource's endpoint, by name.</summary>
public sealed class EndpointReference(IResourceWithEndpoints owner, string endpointName)
    : IValueProvider, IManifestExpressionProvider
{
    public IResourceWithEndpoints Resource { get; } = owner;

    public string EndpointName { get; } = endpointName;

    public string ValueExpression => $"{{{Resource.Name}.bindings.{EndpointName}.url}}";

    /// <summary>The address; of the first replica, where there are several.</summary>
    public string Url => Endpoint.Url();

    private Endpoint Endpoint =>
        ((Resource)Resource).Settings.Endpoints.Find(candidate => candidate.Name == EndpointName)
        ?? throw new InvalidOperationException($"'{Resource.Name}' has no endpoint '{EndpointName}'.");

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Url);
}
