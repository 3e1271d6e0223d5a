using Google.Protobuf;

namespace SessionPlatform.Cli.Output;

/// <summary>Proto3 JSON for scripts: fields without presence always there, absent optional ones absent.</summary>
internal static class Json
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    /// <summary>The whole document, on one line.</summary>
    public static Task WriteLineAsync(CliContext context, IMessage message)
    {
        Formatter.Format(message, context.Environment.Output);
        return context.Environment.Output.WriteLineAsync();
    }

    /// <summary>The text of one message, on one line.</summary>
    public static string Of(IMessage message) => Formatter.Format(message);

    /// <summary>One document with a list in it, written as the entries come: memory holds a page of them.</summary>
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
