using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>
/// Writes rows in PostgreSQL's binary COPY format, many rows a write. Npgsql's importer takes a value at a time, which
/// for events costs more than the database does.
/// </summary>
internal sealed class BinaryCopyWriter : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;
    private const int LengthBytes = sizeof(int);
    private const int UuidBytes = 16;

    // Microseconds from 1970 to 2000, where PostgreSQL's times begin.
    private const long Epoch = 946_684_800_000_000;

    private readonly NpgsqlRawCopyStream _stream;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _used;
    private bool _isComplete;

    private BinaryCopyWriter(NpgsqlRawCopyStream stream)
    {
        _stream = stream;
        // Signature, no flags, no extension.
        Append(Encoding.Latin1.GetBytes("PGCOPY\n\u00FF\r\n\0"));
        AppendInt32(0);
        AppendInt32(0);
    }

    /// <param name="connection">Where to.</param>
    /// <param name="copy">COPY … FROM STDIN (FORMAT BINARY).</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<BinaryCopyWriter> BeginAsync(
        NpgsqlConnection connection, string copy, CancellationToken cancellationToken) =>
        new(await connection.BeginRawBinaryCopyAsync(copy, cancellationToken));

    /// <summary>
    /// Begins a row whose columns take at most so many bytes together; those that may be longer are for <see
    /// cref="WriteBytesAsync"/>.
    /// </summary>
    public async ValueTask BeginRowAsync(short columns, int bytes, CancellationToken cancellationToken)
    {
        var needed = sizeof(short) + (columns * LengthBytes) + bytes;
        if (needed > _buffer.Length)
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "A row of more than a buffer.");
        if (needed > _buffer.Length - _used)
            await FlushAsync(cancellationToken);
        BinaryPrimitives.WriteInt16BigEndian(_buffer.AsSpan(_used), columns);
        _used += sizeof(short);
    }

    /// <summary>A column of type text.</summary>
    public void WriteText(string text)
    {
        var length = Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_used + LengthBytes));
        AppendInt32(length);
        _used += length;
    }

    /// <summary>A column of type timestamptz, in microseconds since 1970.</summary>
    public void WriteTime(long micros)
    {
        AppendInt32(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(_used), micros - Epoch);
        _used += sizeof(long);
    }

    /// <summary>A column of type uuid, in network byte order.</summary>
    public void WriteUuid(ReadOnlySpan<byte> uuid)
    {
        AppendInt32(UuidBytes);
        Append(uuid[..UuidBytes]);
    }

    /// <summary>The last column of a row, of type bytea and any length.</summary>
    public async ValueTask WriteBytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.Length + LengthBytes > _buffer.Length - _used)
            await FlushAsync(cancellationToken);
        AppendInt32(bytes.Length);
        if (bytes.Length <= _buffer.Length - _used)
        {
            Append(bytes.Span);
            return;
        }

        await FlushAsync(cancellationToken);
        await _stream.WriteAsync(bytes, cancellationToken);
    }

    /// <summary>Ends the statement; without it, disposing gives the rows up.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        BinaryPrimitives.WriteInt16BigEndian(_buffer, -1);
        _used = sizeof(short);
        await FlushAsync(cancellationToken);
        // Also when this fails there is nothing left to give up.
        _isComplete = true;
        await _stream.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        if (_isComplete)
            return;
        try
        {
            // Disposing the stream itself would take the rows over.
            await _stream.CancelAsync();
        }
        catch (Exception)
        {
            // What failed before is on its way to the caller, who decides by it whether to try again.
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(_buffer.AsMemory(0, _used), cancellationToken);
        _used = 0;
    }

    private void AppendInt32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_used), value);
        _used += sizeof(int);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }
}
