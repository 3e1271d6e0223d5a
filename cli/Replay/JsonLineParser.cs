using System.Text;
using Google.Protobuf;
using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Cli.Replay;

/// <summary>
/// Parses an <c>Event</c> in the proto3 JSON mapping. Unknown fields are errors, so that a misspelt one is not lost.
/// </summary>
/// <param name="siteId">The site of events that name none.</param>
internal sealed class JsonLineParser(string siteId) : ILineParser
{
    private const int MaxProblemLength = 160;

    // The parser recurses for each level without a limit of its own. An event has three levels.
    private const int MaxDepth = 32;

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(false));
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public ParsedLine Parse(byte[] line)
    {
        if (IsTooDeep(line))
            return ParsedLine.Unreadable($"nested deeper than {MaxDepth} levels");
        try
        {
            var parsed = Parser.Parse<Event>(StrictUtf8.GetString(line));
            if (parsed.SiteId.Length == 0)
                parsed.SiteId = siteId;
            return ParsedLine.Of(parsed);
        }
        catch (DecoderFallbackException)
        {
            return ParsedLine.Unreadable("not UTF-8");
        }
        catch (Exception exception) when (exception is IOException or FormatException or OverflowException
            or ArgumentException or InvalidOperationException)
        {
            // The JSON parser's own exceptions are IOExceptions.
            var problem = OneLine.Of(exception.Message);
            return ParsedLine.Unreadable(problem.Length > MaxProblemLength ? problem[..MaxProblemLength] : problem);
        }
    }

    private static bool IsTooDeep(ReadOnlySpan<byte> json)
    {
        var (depth, inText) = (0, false);
        for (var at = 0; at < json.Length && depth <= MaxDepth; at++)
        {
            switch (json[at])
            {
                case (byte)'\\' when inText:
                    at++;
                    break;
                case (byte)'"':
                    inText = !inText;
                    break;
                case (byte)'[' or (byte)'{' when !inText:
                    depth++;
                    break;
                case (byte)']' or (byte)'}' when !inText:
                    depth--;
                    break;
            }
        }

        return depth > MaxDepth;
    }
}
