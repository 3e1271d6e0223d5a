using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace SessionPlatform.Cli.Replay;

/// <summary>Reads a text file, a gzip file or standard input line by line, in bounded memory.</summary>
internal sealed class LineSource : IAsyncDisposable
{
    /// <summary>
    /// The maximum length of a line; an event with 50 properties of maximum length takes a tenth of it.
    /// </summary>
    public const int MaxLineBytes = 1 << 20;

    private const int BinaryProbeBytes = 4096;
    private const int BufferBytes = 64 << 10;

    private readonly Stream raw;
    private readonly PipeReader reader;
    private readonly string name;

    // Without this check, a truncated file would look complete.
    static LineSource() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    private LineSource(string name, Stream raw, Stream text)
    {
        this.name = name;
        this.raw = raw;
        reader = PipeReader.Create(text, new StreamPipeReaderOptions(bufferSize: BufferBytes));
    }

    /// <summary>The size of the file in bytes; null when unknown.</summary>
    public long? Length => raw.CanSeek ? raw.Length : null;

    /// <summary>The number of bytes read from the file.</summary>
    public long Position => raw.CanSeek ? raw.Position : 0;

    /// <param name="path">The path of the file, compressed when its name ends in .gz; "-" for standard input.</param>
    public static LineSource Open(string path)
    {
        if (path == "-")
        {
            var input = Console.OpenStandardInput();
            return new LineSource("standard input", input, input);
        }

        if (Directory.Exists(path))
            throw new CliException($"{path} is a folder: give one file, or '-' to read standard input.");
        if (!File.Exists(path))
            throw new CliException($"There is no file {path}: check the path.");
        var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, BufferBytes, useAsync: true);
        return new LineSource(
            path, file, path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new GZipStream(file, CompressionMode.Decompress)
                : file);
    }

    /// <summary>Reads all lines that are not blank.</summary>
    public async IAsyncEnumerable<SourceLine> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = 0L;
        var tooLong = false;
        while (true)
        {
            var read = await ReadMoreAsync(cancellationToken);
            var buffer = read.Buffer;
            if (number == 0)
                buffer = CheckBeginning(buffer);
            while (TryTakeLine(ref buffer, read.IsCompleted, out var line))
            {
                number++;
                var text = tooLong || line.Length > MaxLineBytes ? null : TextOf(line);
                tooLong = false;
                if (text is null || !IsBlank(text))
                    yield return new SourceLine(number, text);
            }

            if (buffer.Length > MaxLineBytes)
            {
                tooLong = true;
                buffer = buffer.Slice(buffer.End);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted && buffer.IsEmpty)
                break;
        }

        if (tooLong)
            yield return new SourceLine(++number, null);
        if (number == 0)
            throw new CliException($"{name} is empty: there is nothing to replay.");
    }

    public async ValueTask DisposeAsync()
    {
        await reader.CompleteAsync();
        await raw.DisposeAsync();
    }

    private async Task<ReadResult> ReadMoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (InvalidDataException)
        {
            throw new CliException($"{name} is not a whole gzip file: unpack it to see where it breaks off.");
        }
    }

    // A byte order mark is not part of the first line; a NUL near the beginning means that this is not a text.
    private ReadOnlySequence<byte> CheckBeginning(ReadOnlySequence<byte> buffer)
    {
        var probe = buffer.Slice(0, Math.Min(buffer.Length, BinaryProbeBytes)).ToArray();
        if (probe.AsSpan().Contains((byte)0))
            throw new CliException($"{name} is not a text file: give a web server's log or JSON lines.");
        return probe.AsSpan().StartsWith("\uFEFF"u8) ? buffer.Slice(3) : buffer;
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }

        line = buffer;
        if (!isLast || buffer.IsEmpty)
            return false;
        buffer = buffer.Slice(buffer.End);
        return true;
    }

    private static byte[] TextOf(ReadOnlySequence<byte> line)
    {
        var text = line.ToArray();
        return text is [.., (byte)'\r'] ? text[..^1] : text;
    }

    private static bool IsBlank(byte[] line) => line.AsSpan().Trim(" \t"u8).IsEmpty;
}
