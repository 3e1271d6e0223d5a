using System.Collections.Concurrent;
using System.ComponentModel;
using System.Reflection;
using System.Runtime.InteropServices;
using Aspire.Hosting.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SessionPlatform.LocalServers;

namespace Aspire.Hosting.Dashboard;

/// <summary>
/// The official dashboard: fetched once from npm, pinned, run as a process, and told about the resources over gRPC. It
/// is a convenience, so nothing that fails here keeps the application from running.
/// </summary>
internal sealed class DashboardHost(ResourceConsole console, IConfiguration configuration) : IAsyncDisposable
{
    private const string Version = "13.5.4";
    private const string Name = "aspire-dashboard";
    private const int CommandNotFound = 127;
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromMinutes(3);

    private WebApplication? resourceServer;
    private SupervisedProcess? process;

    /// <summary>Starts it, and returns whether it will take telemetry.</summary>
    public async Task<bool> StartAsync(ApplicationRunner runner, string owner, CancellationToken cancellationToken)
    {
        if (configuration["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] is not { Length: > 0 } resources)
            return false;

        try
        {
            // Served to whoever asks there, with a dashboard of ours or without.
            resourceServer = await ServeAsync(runner, new Uri(resources), cancellationToken);
            if (configuration["ASPNETCORE_URLS"] is not { Length: > 0 } frontend
                || configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] is not { Length: > 0 } otlp)
            {
                return false;
            }

            // One for all stacks of the repository: it is large.
            var folder = Assembly.GetEntryAssembly()?.GetCustomAttributes<AssemblyMetadataAttribute>()
                .FirstOrDefault(attribute => attribute.Key == "dashboardpath")?.Value
                ?? Path.Combine(owner, "dashboard");
            var program = await FetchAsync(folder, owner, cancellationToken);
            process = SupervisedProcess.Start(Command(program, folder, owner, frontend, otlp, resources));
            console.Write(ResourceConsole.Host, $"dashboard: {frontend}");
            return true;
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or Win32Exception)
        {
            console.Write(ResourceConsole.Host, $"no dashboard: {error.Message}");
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { } running)
            await running.DisposeAsync();
        if (resourceServer is { } server)
            await server.DisposeAsync();
    }

    private async Task<string> FetchAsync(string folder, string owner, CancellationToken cancellationToken)
    {
        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        var package = $"@microsoft/aspire-cli-linux-{architecture}";
        var install = Path.Combine(folder, Version);
        var program = Path.Combine(install, "node_modules", package, "bin", "aspire");
        if (File.Exists(program))
            return program;

        console.Write(ResourceConsole.Host, $"fetching the dashboard ({package} {Version}), once");
        // Aside and renamed: an interrupted download is no program.
        var draft = $"{install}.{Environment.ProcessId}";
        Directory.CreateDirectory(draft);
        try
        {
            await InstallAsync($"{package}@{Version}", draft, owner, cancellationToken);
            if (Directory.Exists(install) && !File.Exists(program))
                Directory.Delete(install, recursive: true);
            Directory.Move(draft, install);
        }
        catch (IOException) when (File.Exists(program))
        {
            // Another stack of this repository was faster.
        }
        finally
        {
            if (Directory.Exists(draft))
                Directory.Delete(draft, recursive: true);
        }

        return program;
    }

    private static async Task InstallAsync(
        string package, string folder, string owner, CancellationToken cancellationToken)
    {
        var output = new ConcurrentQueue<string>();
        string[] arguments =
        [
            "install", "--prefix", folder, "--loglevel", "error", "--no-audit", "--no-fund", "--ignore-scripts",
            "--fetch-retries", "1", "--fetch-retry-mintimeout", "1000", package,
        ];
        // Supervised, so that an interrupted start leaves no npm behind.
        await using var npm = SupervisedProcess.Start(
            new SupervisedCommand(owner, ProcessKind.Service, "npm", "npm", arguments)
            {
                WorkingDirectory = folder,
                Output = (line, _) => output.Enqueue(line),
            });
        int code;
        try
        {
            code = await npm.Exit.WaitAsync(FetchTimeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"npm did not fetch it within {FetchTimeout}");
        }

        if (code == CommandNotFound)
            throw new InvalidOperationException("npm, which fetches it, is not installed (apt-get install -y npm)");
        if (code != 0)
            throw new InvalidOperationException($"npm could not fetch it: {string.Join("; ", output.Take(2))}");
    }

    private static async Task<WebApplication> ServeAsync(
        ApplicationRunner runner, Uri address, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
            options.ListenLocalhost(address.Port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRouting();
        builder.Services.AddSingleton(runner);
        builder.Services.AddSingleton(runner.Console);
        builder.Services.AddGrpc();
        var server = builder.Build();
        server.MapGrpcService<ResourceService>();
        await server.StartAsync(cancellationToken);
        return server;
    }

    private SupervisedCommand Command(
        string program, string folder, string owner, string frontend, string otlp, string resources) =>
        new(owner, ProcessKind.Service, Name, program,
            [
                "dashboard", "run", "--frontend-url", frontend, "--otlp-grpc-url", otlp,
                "--otlp-http-url", $"http://127.0.0.1:{LocalPorts.Free()}", "--allow-anonymous", "--",
                $"--Dashboard:ResourceServiceClient:Url={resources}",
                "--Dashboard:ResourceServiceClient:AuthMode=Unsecured",
            ])
        {
            Variables = new Dictionary<string, string?>
            {
                // It unpacks itself once into its home.
                ["HOME"] = folder,
                ["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "true",
                ["ASPNETCORE_URLS"] = null,
            },
            WorkingDirectory = folder,
            Output = (line, isError) => console.Keep(Name, line, isError),
        };
}
