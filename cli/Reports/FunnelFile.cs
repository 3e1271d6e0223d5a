using Google.Protobuf;
using SessionPlatform.Contracts.Funnels.V1;

namespace SessionPlatform.Cli.Reports;

/// <summary>A file that holds a <see cref="FunnelDefinition"/> in proto3 JSON.</summary>
internal static class FunnelFile
{
    /// <param name="path">The file; "-" is standard input.</param>
    /// <exception cref="CliException">It cannot be read, or holds no definition.</exception>
    public static async Task<FunnelDefinition> ReadAsync(
        CliContext context, string path, CancellationToken cancellation)
    {
        var text = await ReportFile.TextAsync(context, path, cancellation);
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
