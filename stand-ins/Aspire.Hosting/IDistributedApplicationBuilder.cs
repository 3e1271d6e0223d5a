using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Describes an application of several resources.</summary>
public interface IDistributedApplicationBuilder
{
    ConfigurationManager Configuration { get; }

    string AppHostDirectory { get; }

    IHostEnvironment Environment { get; }

    IServiceCollection Services { get; }

    DistributedApplicationExecutionContext ExecutionContext { get; }

    IResourceCollection Resources { get; }

    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    DistributedApplication Build();
}

/// <summary>What the application is built for: here always to be run.</summary>
public class DistributedApplicationExecutionContext
{
    public bool IsRunMode { get; } = true;

    public bool IsPublishMode { get; }
}

/// <summary>A referenced project; the build generates a class for each.</summary>
public interface IProjectMetadata
{
    string ProjectPath { get; }
}
