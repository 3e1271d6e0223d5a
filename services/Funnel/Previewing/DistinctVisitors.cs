using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace SessionPlatform.Funnel.Previewing;

/// <summary>
/// Counts distinct visitors, identified by 128-bit hashes, in bounded memory. When the set in memory is full, it spills
/// to a temporary table of PostgreSQL, which is dropped with the connection.
/// </summary>
internal sealed class DistinctVisitors(NpgsqlDataSource dataSource, int maxInMemory) : IAsyncDisposable
{
    private readonly HashSet<Guid> recent = [];
    private NpgsqlConnection? connection;

    /// <summary>Adds a visitor; adding it again has no effect on the count.</summary>
    public async ValueTask AddAsync(string visitorId, CancellationToken cancellationToken)
    {
        if (recent.Count >= maxInMemory)
            await SpillAsync(cancellationToken);
        recent.Add(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(visitorId)).AsSpan(0, 16)));
    }

    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        if (connection is null)
            return recent.Count;
        await SpillAsync(cancellationToken);
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

    private async Task SpillAsync(CancellationToken cancellationToken)
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
