using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Wire;
using Aspire.Hosting.Running;
using Google.Protobuf.WellKnownTypes;

namespace Aspire.Hosting.Dashboard;

/// <summary>A resource as the dashboard shows it.</summary>
internal static class ResourceSnapshots
{
    /// <summary>
    /// The dashboard joins a project with its telemetry where this is the service's name, a hyphen and its instance id.
    /// </summary>
    public static string NameOf(ResourceProcess process) =>
        process.Resource is ProjectResource ? $"{process.Resource.Name}-{process.InstanceId}" : process.Resource.Name;

    public static Wire.Resource Of(ResourceProcess process)
    {
        var resource = new Wire.Resource
        {
            Name = NameOf(process),
            ResourceType = TypeOf(process.Resource),
            DisplayName = process.Resource.Name,
            Uid = NameOf(process),
            State = process.State.ToString(),
            CreatedAt = process.CreatedAt.ToTimestamp(),
            StartedAt = process.StartedAt?.ToTimestamp(),
            StoppedAt = process.StoppedAt?.ToTimestamp(),
            SupportsDetailedTelemetry = process.Resource is ProjectResource,
        };
        if (process.State is ResourceState.Exited or ResourceState.FailedToStart)
            resource.StateStyle = "error";
        resource.Environment.AddRange(process.Variables
            .Where(variable => variable.Value is not null)
            .Select(variable =>
                new EnvironmentVariable { Name = variable.Key, Value = variable.Value, IsFromSpec = true }));
        resource.Urls.AddRange(process.Resource.Settings.Endpoints.Select(endpoint => new Url
        {
            EndpointName = endpoint.Name,
            FullUrl = endpoint.Url(process.Replica),
            IsInactive = process.State != ResourceState.Running,
            DisplayProperties = new UrlDisplayProperties { DisplayName = endpoint.Name },
        }));
        resource.Properties.AddRange(Properties(process));
        if (HasChecks(process.Resource.Settings))
            resource.HealthReports.Add(Health(process));

        resource.Relationships.AddRange(process.Resource.Settings.References
            .Select(other => new ResourceRelationship { ResourceName = other.Name, Type = "Reference" }));
        return resource;
    }

    private static bool HasChecks(ResourceSettings settings) =>
        settings.HealthChecks.Count + settings.HttpHealthChecks.Count > 0;

    // Without a status until the first check has run; without a report the dashboard would call it healthy.
    private static HealthReport Health(ResourceProcess process)
    {
        var report = new HealthReport { Key = "health" };
        if (process.IsHealthy is { } healthy)
            report.Status = healthy ? HealthStatus.Healthy : HealthStatus.Unhealthy;
        return report;
    }

    private static string TypeOf(ApplicationModel.Resource resource) => resource switch
    {
        ProjectResource => "Project",
        ExecutableResource => "Executable",
        ContainerResource => "Container",
        ParameterResource => "Parameter",
        _ => "ConnectionString",
    };

    private static IEnumerable<ResourceProperty> Properties(ResourceProcess process)
    {
        if (process.Resource.Settings.ProjectPath is { } project)
            yield return Property("project.path", project);
        if (process.Resource is ExecutableResource executable)
        {
            yield return Property("executable.path", executable.Command);
            yield return Property("executable.workDir", executable.WorkingDirectory);
            yield return new ResourceProperty
            {
                Name = "executable.args",
                Value = Value.ForList([.. executable.Settings.Arguments.Select(Value.ForString)]),
            };
        }

        if (process.ProcessId is { } id)
            yield return Property("executable.pid", id.ToString(CultureInfo.InvariantCulture));
        if (process.ExitCode is { } code)
            yield return Property("resource.exitCode", code.ToString(CultureInfo.InvariantCulture));
    }

    private static ResourceProperty Property(string name, string value) =>
        new() { Name = name, Value = Value.ForString(value) };
}
