using System.Collections.ObjectModel;
using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    // The servers' own grace times are shorter; this only bounds a shutdown that hangs.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromMinutes(3);

    private readonly HostApplicationBuilder host;

    public DistributedApplicationBuilder(string[] args)
    {
        AppHostDirectory = Assembly.GetEntryAssembly()?.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == "apphostprojectpath")?.Value
            ?? System.Environment.CurrentDirectory;
        host = new HostApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = args,
            ContentRootPath = Directory.Exists(AppHostDirectory) ? AppHostDirectory : null,
        });
        host.Logging.SetMinimumLevel(LogLevel.Warning);
        host.Services.AddHealthChecks();
        // A health check that fails while a server starts is no news.
        host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        host.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        host.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        host.Services.AddSingleton(Resources);
        host.Services.AddSingleton<ResourceConsole>();
        host.Services.AddSingleton<DashboardHost>();
        host.Services.AddSingleton<ApplicationRunner>();
        host.Services.AddHostedService(services => services.GetRequiredService<ApplicationRunner>());
    }

    public ConfigurationManager Configuration => host.Configuration;

    public string AppHostDirectory { get; }

    public IHostEnvironment Environment => host.Environment;

    public IServiceCollection Services => host.Services;

    public DistributedApplicationExecutionContext ExecutionContext { get; } = new();

    public IResourceCollection Resources { get; } = new ResourceCollection();

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        if (Resources.Any(other => string.Equals(other.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new InvalidOperationException($"There is a resource '{resource.Name}' already.");
        Resources.Add(resource);
        return new ResourceBuilder<T>(this, resource);
    }

    public DistributedApplication Build() => new(host.Build());

    private sealed class ResourceCollection : Collection<IResource>, IResourceCollection;

    private sealed class ResourceBuilder<T>(IDistributedApplicationBuilder application, T resource)
        : IResourceBuilder<T>
        where T : IResource
    {
        public IDistributedApplicationBuilder ApplicationBuilder => application;

        public T Resource => resource;
    }
}
