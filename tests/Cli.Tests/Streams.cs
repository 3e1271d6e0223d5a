using System.Text.Json;

namespace SessionPlatform.Cli.Tests;

/// <summary>Assertions on what commands write to their streams.</summary>
internal static class Streams
{
    /// <summary>Parses the only document of the text; fails when there is other text.</summary>
    public static JsonElement DocumentIn(string output) => JsonDocument.Parse(output).RootElement;

    public static void AssertOneLine(string part, string error)
    {
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }
}
