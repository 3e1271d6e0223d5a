using Google.Protobuf;

namespace SessionPlatform.Cli.Output;

/// <summary>
/// Writes proto3 JSON for scripts: always with fields without presence, and with optional fields only when set.
/// </summary>
internal static class Json
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    /// <summary>Writes the whole document on one line.</summary>
    public static Task WriteLineAsync(CliContext context, IMessage message)
    {
        Formatter.Format(message, context.Environment.Output);
        return context.Environment.Output.WriteLineAsync();
    }

    /// <summary>Returns one message as JSON on one line.</summary>
    public static string Of(IMessage message) => Formatter.Format(message);

    /// <summary>Writes one document that contains a list, entry by entry, so that memory holds one page only.</summary>
    public static async Task WriteListAsync(CliContext context, string field, IAsyncEnumerable<IMessage> entries)
    {
        var output = context.Environment.Output;
        await output.WriteAsync($"{{ \"{field}\": [");
        var separator = " ";
        await foreach (var entry in entries)
        {
            await output.WriteAsync(separator);
            Formatter.Format(entry, output);
            separator = ", ";
        }

        await output.WriteLineAsync(" ] }");
    }
}
