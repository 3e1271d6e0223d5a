namespace SessionPlatform.Cli.Replay;

/// <summary>Reads one line; never throws on what it holds.</summary>
internal interface ILineParser
{
    ParsedLine Parse(byte[] line);
}
