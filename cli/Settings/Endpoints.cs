using System.Text.Json;

namespace SessionPlatform.Cli.Settings;

/// <summary>Where the local suite listens, as <c>./run</c> wrote it to <c>endpoints.json</c>.</summary>
internal sealed record Endpoints(
    string? PlatformKey, IReadOnlyDictionary<string, ServiceEndpoints>? Services, string? Dashboard)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Null when no suite was started with this state.</summary>
    public static Endpoints? Load(string stateFolder)
    {
        var file = Path.Combine(stateFolder, "endpoints.json");
        if (!File.Exists(file))
            return null;
        try
        {
            return JsonSerializer.Deserialize<Endpoints>(File.ReadAllText(file), Json);
        }
        catch (JsonException)
        {
            throw new CliException($"{file} is not readable. Write it anew: ./run --stop, then ./run");
        }
    }
}

/// <summary>Addresses of one service; null where it has none of that kind.</summary>
internal sealed record ServiceEndpoints(string? Grpc, string? Http);
