namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// What the extension methods collect for a resource; the runner reads it when the application starts.
/// </summary>
internal sealed class ResourceSettings
{
    public List<EnvironmentSetting> Environment { get; } = [];

    public List<string> Arguments { get; } = [];

    public List<Wait> Waits { get; } = [];

    /// <summary>Resources whose values it uses: it stops before they do.</summary>
    public List<IResource> References { get; } = [];

    public List<Endpoint> Endpoints { get; } = [];

    public List<string> HealthChecks { get; } = [];

    public List<HttpHealthCheck> HttpHealthChecks { get; } = [];

    public int Replicas { get; set; } = 1;

    /// <summary>Projects only: the project file.</summary>
    public string? ProjectPath { get; set; }

    /// <summary>Containers only.</summary>
    public ContainerSettings? Container { get; set; }
}

/// <summary>Yields any number of environment variables when the resource starts.</summary>
internal delegate IAsyncEnumerable<(string Name, string? Value)> EnvironmentSetting(
    CancellationToken cancellationToken);

internal enum WaitKind
{
    Ready,
    Started,
    Completed,
}

internal sealed record Wait(IResource On, WaitKind What, int ExitCode = 0);

internal sealed record HttpHealthCheck(string Path, int StatusCode, string? EndpointName);

internal sealed record ContainerSettings(string Image, string DataPath)
{
    public string? Volume { get; set; }
}

/// <summary>An address of a resource, one port for each replica, known once the application starts.</summary>
internal sealed class Endpoint(string name, string scheme)
{
    public string Name { get; } = name;

    public string Scheme { get; } = scheme;

    /// <summary>Fixed by the model; null takes a free one.</summary>
    public int? Port { get; init; }

    /// <summary>The port inside a container.</summary>
    public int? TargetPort { get; init; }

    /// <summary>A variable that tells the process its port.</summary>
    public string? PortVariable { get; init; }

    /// <summary>True when the service names it in its Kestrel configuration.</summary>
    public bool IsKestrel { get; init; }

    public IReadOnlyList<int> Ports { get; set; } = [];

    public string Url(int replica = 0) =>
        Ports.Count > replica
            ? $"{Scheme}://127.0.0.1:{Ports[replica]}"
            : throw new InvalidOperationException($"The endpoint '{Name}' has no port before the application starts.");
}
