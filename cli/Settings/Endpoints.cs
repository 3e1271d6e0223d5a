using System.Text.Json;

namespace SessionPlatform.Cli.Settings;

/// <summary>The addresses of the local suite, which <c>./run</c> writes to <c>endpoints.json</c>.</summary>
internal sealed record Endpoints(
    string? PlatformKey, IReadOnlyDictionary<string, ServiceEndpoints>? Services, string? Dashboard)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Loads the addresses; null when no suite was started with this state folder.</summary>
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
            throw new CliException($"{file} is not readable. Write it again: ./run --stop, then ./run");
        }
    }
}

/// <summary>The addresses of a service; null for a kind that it does not have.</summary>
internal sealed record ServiceEndpoints(string? Grpc, string? Http);
