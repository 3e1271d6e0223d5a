using System.Diagnostics;
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
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromMinutes(3);

    private WebApplication? resourceServer;
    private SupervisedProcess? process;

    /// <summary>Starts it, and returns whether it will take telemetry.</summary>
    public async Task<bool> StartAsync(ApplicationRunner runner, string owner, CancellationToken cancellationToken)
    {
        if (configuration["ASPNETCORE_URLS"] is not { Length: > 0 } frontend
            || configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] is not { Length: > 0 } otlp
            || configuration["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] is not { Length: > 0 } resources)
        {
            return false;
        }

        try
        {
            var folder = Path.Combine(owner, "dashboard");
            var program = await FetchAsync(folder, cancellationToken);
            resourceServer = await ServeAsync(runner, new Uri(resources), cancellationToken);
            process = SupervisedProcess.Start(Command(program, folder, owner, frontend, otlp, resources));
            console.Write(ResourceConsole.Host, $"dashboard: {frontend}");
            return true;
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
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

    private async Task<string> FetchAsync(string folder, CancellationToken cancellationToken)
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
        await InstallAsync($"{package}@{Version}", draft, cancellationToken);
        if (Directory.Exists(install))
            Directory.Delete(install, recursive: true);
        Directory.Move(draft, install);
        return program;
    }

    private static async Task InstallAsync(string package, string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(
            "npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", package])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process npm;
        try
        {
            npm = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException("npm, which fetches it, is not installed (apt-get install -y npm)");
        }

        using (npm)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(FetchTimeout);
            var errors = npm.StandardError.ReadToEndAsync(timeout.Token);
            var output = npm.StandardOutput.ReadToEndAsync(timeout.Token);
            try
            {
                await Task.WhenAll(errors, output, npm.WaitForExitAsync(timeout.Token));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                npm.Kill(entireProcessTree: true);
                throw new InvalidOperationException($"npm did not fetch it within {FetchTimeout}");
            }

            if (npm.ExitCode != 0)
                throw new InvalidOperationException($"npm could not fetch it: {(await errors).Trim().Split('\n')[0]}");
        }
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
