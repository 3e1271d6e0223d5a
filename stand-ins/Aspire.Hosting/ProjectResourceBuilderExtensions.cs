using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Projects as resources.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>
    /// Adds a project. Its endpoints are those of its Kestrel configuration; the ports there only say that the
    /// endpoint exists, the process gets a free one as <c>Kestrel__Endpoints__NAME__Url</c>.
    /// </summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new()
    {
        var project = builder.AddResource(new ProjectResource(name));
        var path = new TProject().ProjectPath;
        var settings = project.Settings();
        settings.ProjectPath = path;
        var configuration = new ConfigurationBuilder()
            .SetBasePath(Path.GetDirectoryName(path)!)
            .AddJsonFile("appsettings.json", optional: true)
            .AddJsonFile($"appsettings.{builder.Environment.EnvironmentName}.json", optional: true)
            .Build();
        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
        {
            var scheme = endpoint["Url"] is { } url ? new Uri(url).Scheme : Uri.UriSchemeHttp;
            settings.Endpoints.Add(new Endpoint(endpoint.Key, scheme) { IsKestrel = true });
        }

        return project;
    }

    /// <summary>Runs so many processes of the project, each with ports of its own.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(
        this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        builder.Settings().Replicas = replicas;
        return builder;
    }
}
