using System.Globalization;
using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using SessionPlatform.LocalServers;

namespace Aspire.Hosting.Running;

/// <summary>Turns a resource into the process that it is.</summary>
internal static class ResourceCommands
{
    /// <summary>The environment contract of a resource's process.</summary>
    public static async Task<Dictionary<string, string?>> VariablesAsync(
        ResourceProcess process, IReadOnlyDictionary<string, string?> telemetry, CancellationToken cancellationToken)
    {
        var settings = process.Resource.Settings;
        // The AppHost's own address is nobody else's.
        var variables = new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = null };
        foreach (var endpoint in settings.Endpoints)
        {
            var url = endpoint.Url(process.Replica);
            if (endpoint.IsKestrel)
                variables[$"Kestrel__Endpoints__{endpoint.Name}__Url"] = url;
            else if (process.Resource is ProjectResource)
                variables["ASPNETCORE_URLS"] = variables["ASPNETCORE_URLS"] is { } others ? $"{others};{url}" : url;
            if (endpoint.PortVariable is { } port)
                variables[port] = endpoint.Ports[process.Replica].ToString(CultureInfo.InvariantCulture);
        }

        if (process.Resource is ProjectResource)
        {
            foreach (var (name, value) in telemetry)
                variables[name] = value;
            variables["OTEL_SERVICE_NAME"] = process.Resource.Name;
            variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={process.InstanceId}";
        }

        foreach (var setting in settings.Environment)
        {
            await foreach (var (name, value) in setting(cancellationToken))
                variables[name] = value;
        }

        return variables;
    }

    public static SupervisedCommand Command(
        ResourceProcess process, string owner, IReadOnlyDictionary<string, string?> variables)
    {
        var settings = process.Resource.Settings;
        return process.Resource switch
        {
            ProjectResource => Project(process, owner, settings),
            ExecutableResource executable => new SupervisedCommand(
                owner, ProcessKind.Server, process.Name, executable.Command, settings.Arguments)
            {
                WorkingDirectory = executable.WorkingDirectory,
                Grace = ServerGrace,
            },
            ContainerResource => Container(process, owner, settings, variables),
            _ => throw new InvalidOperationException($"'{process.Name}' is no process."),
        };
    }

    // A database may have much to write before it goes.
    private static TimeSpan ServerGrace => TimeSpan.FromSeconds(60);

    private static SupervisedCommand Project(ResourceProcess process, string owner, ResourceSettings settings)
    {
        var project = settings.ProjectPath!;
        var target = Assembly.GetEntryAssembly()?.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == $"target:{project}")?.Value
            ?? throw new InvalidOperationException($"The AppHost does not reference {project}.");
        if (!File.Exists(target))
            throw new InvalidOperationException($"{target} is missing; build the AppHost first.");
        return new SupervisedCommand(
            owner, ProcessKind.Service, process.Name, "dotnet", [target, .. settings.Arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(project)!,
        };
    }

    private static SupervisedCommand Container(
        ResourceProcess process,
        string owner,
        ResourceSettings settings,
        IReadOnlyDictionary<string, string?> variables)
    {
        var container = settings.Container!;
        List<string> arguments = ["run", "--rm", "--init", "--name", $"{process.Name}-{Environment.ProcessId}"];
        foreach (var endpoint in settings.Endpoints)
            arguments.AddRange(["--publish", $"127.0.0.1:{endpoint.Ports[process.Replica]}:{endpoint.TargetPort}"]);
        if (container.Volume is { } volume)
            arguments.AddRange(["--volume", volume]);
        // By name only: the values come from the environment and do not show in the list of processes.
        foreach (var (name, _) in variables.Where(variable => variable.Value is not null))
            arguments.AddRange(["--env", name]);
        return new SupervisedCommand(
            owner, ProcessKind.Server, process.Name, "docker", [.. arguments, container.Image, .. settings.Arguments])
        {
            Grace = ServerGrace,
        };
    }
}
