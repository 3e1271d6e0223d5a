using System.IO.Compression;
using System.Text;
using SessionPlatform.Cli.Replay;

namespace SessionPlatform.Cli.Tests.Replay;

public sealed class LineSourceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sp-lines-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Lines_are_numbered_and_blank_ones_left_out() =>
        Assert.Equal(["1 a", "4 b", "5 c"], await ReadAsync("x.log", "\uFEFFa\r\n\n \t\nb\nc"));

    [Fact]
    public async Task Compressed_file_is_unpacked()
    {
        var bytes = new MemoryStream();
        await using (var gzip = new GZipStream(bytes, CompressionMode.Compress, leaveOpen: true))
            await gzip.WriteAsync("a\nb\n"u8.ToArray());
        Assert.Equal(["1 a", "2 b"], await ReadAsync("x.log.gz", bytes.ToArray()));
        await Assert.ThrowsAsync<CliException>(() => ReadAsync("broken.gz", bytes.ToArray()[..^12]));
    }

    [Fact]
    public async Task Endless_line_is_passed_over_and_the_next_is_read()
    {
        var endless = new string('x', 3 * LineSource.MaxLineBytes);
        Assert.Equal(["1 a", "2 -", "3 b", "4 -"], await ReadAsync("x.log", $"a\n{endless}\nb\n{endless}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ELF\0\0\0")]
    public async Task File_without_text_is_an_error(string content) =>
        await Assert.ThrowsAsync<CliException>(() => ReadAsync("x.log", content));

    [Fact]
    public void Missing_file_and_folder_are_errors()
    {
        Assert.Throws<CliException>(() => LineSource.Open(Path.Combine(folder, "nowhere")));
        Assert.Throws<CliException>(() => LineSource.Open(folder));
    }

    private Task<List<string>> ReadAsync(string name, string content) =>
        ReadAsync(name, Encoding.UTF8.GetBytes(content));

    private async Task<List<string>> ReadAsync(string name, byte[] content)
    {
        var file = Path.Combine(folder, name);
        await File.WriteAllBytesAsync(file, content);
        await using var source = LineSource.Open(file);
        var lines = new List<string>();
        await foreach (var (number, text) in source.ReadAsync(CancellationToken.None))
            lines.Add($"{number} {(text is null ? "-" : Encoding.UTF8.GetString(text))}");
        return lines;
    }
}
