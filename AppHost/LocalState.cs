using SessionPlatform.LocalServers;

namespace SessionPlatform.AppHost;

/// <summary>
/// The folder where a developer's stack keeps what must outlive a start: data, secrets, addresses. <c>.local</c> beside
/// the AppHost, or where <c>SESSIONPLATFORM_STATE</c> says, so that several stacks run side by side.
/// </summary>
internal sealed class LocalState
{
    private LocalState(string folder, string? dashboard) => (Folder, Dashboard) = (folder, dashboard);

    public string Folder { get; }

    /// <summary>The dashboard's address, with the token that signs in; null where it is switched off.</summary>
    public string? Dashboard { get; }

    public string AddressesFile => Path.Combine(Folder, "endpoints.json");

    /// <summary>Failed resources with their last lines.</summary>
    public string FailuresFile => Path.Combine(Folder, "failures.log");

    /// <summary>How the application is built: without the dashboard where <c>SESSIONPLATFORM_DASHBOARD=off</c>.</summary>
    public static DistributedApplicationOptions Options(string[] args) => new()
    {
        Args = args,
        DisableDashboard = Environment.GetEnvironmentVariable("SESSIONPLATFORM_DASHBOARD") == "off",
        // Everything is plain HTTP on loopback; without this the dashboard warns of a missing certificate.
        TrustDeveloperCertificate = false,
    };

    /// <summary>Chooses the folder, and free ports for the dashboard where nobody has.</summary>
    public static LocalState Of(IDistributedApplicationBuilder builder, DistributedApplicationOptions options)
    {
        var configuration = builder.Configuration;
        var folder = Path.GetFullPath(
            configuration["SESSIONPLATFORM_STATE"] ?? Path.Combine(builder.AppHostDirectory, "..", ".local"));
        Directory.CreateDirectory(folder);
        File.Delete(Path.Combine(folder, "failures.log"));
        // Where the orchestrator keeps state of its own.
        configuration["Aspire:Store:Path"] = folder;
        // Whoever stops the AppHost may rely on all of it being gone when the AppHost is.
        configuration["DcpPublisher:WaitForResourceCleanup"] = "true";
        configuration["ASPIRE_VERSION_CHECK_DISABLED"] = "true";
        if (options.DisableDashboard)
            return new LocalState(folder, null);

        configuration["ASPNETCORE_URLS"] ??= FreeAddress();
        configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] ??= FreeAddress();
        configuration["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] ??= FreeAddress();
        configuration["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] ??= "true";
        // The same token at each start, so that a browser stays signed in.
        var token = configuration["AppHost:BrowserToken"] ??= LocalSecrets.GetOrCreate(folder, "dashboard");
        var address = configuration["ASPNETCORE_URLS"]!.Split(';')[0];
        return new LocalState(folder, $"{address}/login?t={token}");
    }

    /// <summary>A random secret, made once and kept.</summary>
    public string Secret(string name) => LocalSecrets.GetOrCreate(Folder, name);

    private static string FreeAddress() => $"http://127.0.0.1:{LocalPorts.Free()}";
}
