namespace SessionPlatform.Cli.Replay;

/// <summary>Parses one line and never throws on invalid content.</summary>
internal interface ILineParser
{
    ParsedLine Parse(byte[] line);
}
