using Google.Protobuf;
using SessionPlatform.Contracts.Funnels.V1;

namespace SessionPlatform.Cli.Reports;

/// <summary>Reads a <see cref="FunnelDefinition"/> in proto3 JSON from a file.</summary>
internal static class FunnelFile
{
    /// <param name="path">The path of the file; "-" for standard input.</param>
    /// <exception cref="CliException">The file cannot be read or contains no definition.</exception>
    public static async Task<FunnelDefinition> ReadAsync(
        CliContext context, string path, CancellationToken cancellationToken)
    {
        var text = await ReportFile.TextAsync(context, path, cancellationToken);
        try
        {
            return JsonParser.Default.Parse<FunnelDefinition>(text);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException)
        {
            throw new CliException($"{path} is no funnel definition: {exception.Message} See docs/funnels.md.");
        }
    }
}
