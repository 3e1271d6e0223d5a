using System.Text.Json;

namespace SessionPlatform.Cli.Tests;

/// <summary>What scripts and people rely on in what a command writes.</summary>
internal static class Streams
{
    /// <summary>The document; fails when anything else is there.</summary>
    public static JsonElement DocumentIn(string output) => JsonDocument.Parse(output).RootElement;

    public static void AssertOneLine(string part, string error)
    {
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }
}
