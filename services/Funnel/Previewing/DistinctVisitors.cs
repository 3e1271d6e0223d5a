using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace SessionPlatform.Funnel.Previewing;

/// <summary>
/// Counts distinct visitors in bounded memory: so many at a time, as 128 bits of their hash, and all of them in a
/// temporary table, which PostgreSQL keeps on disk and which ends with the connection.
/// </summary>
internal sealed class DistinctVisitors(NpgsqlDataSource dataSource, int mostInMemory) : IAsyncDisposable
{
    private readonly HashSet<Guid> recent = [];
    private NpgsqlConnection? connection;

    /// <summary>Adds a visitor, who may have been added before.</summary>
    public async ValueTask AddAsync(string visitorId, CancellationToken cancellationToken)
    {
        if (recent.Count >= mostInMemory)
            await MoveOutAsync(cancellationToken);
        recent.Add(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(visitorId)).AsSpan(0, 16)));
    }

    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        if (connection is null)
            return recent.Count;
        await MoveOutAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT count(DISTINCT visitor) FROM seen_visitors", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is null)
            return;
        // The pool keeps the connection open, but drops its temporary tables when it is used again.
        await connection.DisposeAsync();
    }

    private async Task MoveOutAsync(CancellationToken cancellationToken)
    {
        connection ??= await OpenAsync(cancellationToken);
        await using var writer = await connection.BeginBinaryImportAsync(
            "COPY seen_visitors FROM STDIN (FORMAT binary)", cancellationToken);
        foreach (var visitor in recent)
        {
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(visitor, cancellationToken);
        }

        await writer.CompleteAsync(cancellationToken);
        recent.Clear();
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var opened = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("CREATE TEMPORARY TABLE seen_visitors (visitor uuid)", opened);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return opened;
    }
}
