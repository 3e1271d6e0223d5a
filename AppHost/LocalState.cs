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

    /// <summary>The dashboard's address; null where it is switched off.</summary>
    public string? Dashboard { get; }

    public string AddressesFile => Path.Combine(Folder, "endpoints.json");

    /// <summary>Chooses the folder, and free ports for the dashboard where nobody has.</summary>
    public static LocalState Of(IDistributedApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var folder = Path.GetFullPath(
            configuration["SESSIONPLATFORM_STATE"] ?? Path.Combine(builder.AppHostDirectory, "..", ".local"));
        Directory.CreateDirectory(folder);
        // The place for hosting's own state; the stand-in also marks its processes with it.
        configuration["Aspire:Store:Path"] = folder;
        if (configuration["SESSIONPLATFORM_DASHBOARD"] == "off")
            return new LocalState(folder, null);

        configuration["ASPNETCORE_URLS"] ??= FreeAddress();
        configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] ??= FreeAddress();
        configuration["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] ??= FreeAddress();
        configuration["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] ??= "true";
        return new LocalState(folder, configuration["ASPNETCORE_URLS"]);
    }

    /// <summary>A random secret, made once and kept.</summary>
    public string Secret(string name) => LocalSecrets.GetOrCreate(Folder, name);

    private static string FreeAddress() => $"http://127.0.0.1:{LocalPorts.Free()}";
}
