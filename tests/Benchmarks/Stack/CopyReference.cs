using System.Diagnostics;
using Google.Protobuf;
using Npgsql;
using NpgsqlTypes;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Database;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>
/// What the machine's PostgreSQL does with the same rows when nobody thinks about them: one binary COPY over one
/// connection into the table <c>events</c> of a database that is otherwise empty, partitions, indexes and fsync as in
/// the Sessionizer's.
/// </summary>
internal sealed class CopyReference
{
    private const string Database = "bench_copy";
    private const string Copy =
        "COPY events (site_id, stream_key, occurred_at, event_id, event) FROM STDIN (FORMAT BINARY)";

    private readonly List<StoredRow> rows = [];

    public int Count => rows.Count;

    /// <summary>The stored size of all events in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Takes the row that the Sessionizer stores for the event.</summary>
    public void Add(AcceptedEvent accepted)
    {
        var bytes = accepted.ToByteArray();
        Bytes += bytes.Length;
        rows.Add(new(
            accepted.Event.SiteId, accepted.StreamKey, accepted.OccurredAt,
            new Guid(accepted.EventId.Span, bigEndian: true), bytes));
    }

    /// <summary>Measures the time from the first byte to the commit.</summary>
    public async Task<TimeSpan> MeasureAsync(RunningSuite suite, CancellationToken cancellationToken)
    {
        await using var administrator = NpgsqlDataSource.Create(suite.Administrator);
        await ExecuteAsync(administrator, $"DROP DATABASE IF EXISTS {Database} WITH (FORCE)", cancellationToken);
        await ExecuteAsync(administrator, $"CREATE DATABASE {Database}", cancellationToken);
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(suite.Administrator) { Database = Database };
            await using var copy = NpgsqlDataSource.Create(settings.ConnectionString);
            await Migrator.MigrateAsync(copy, typeof(SiteStore).Assembly, cancellationToken);
            await new MonthPartitions(copy).EnsureAsync(rows.Select(row => row.OccurredAt), cancellationToken);
            await suite.CheckpointAsync(cancellationToken);
            await using var connection = await copy.OpenConnectionAsync(cancellationToken);
            var started = Stopwatch.GetTimestamp();
            await CopyAsync(connection, cancellationToken);
            return Stopwatch.GetElapsedTime(started);
        }
        finally
        {
            await ExecuteAsync(administrator, $"DROP DATABASE {Database} WITH (FORCE)", CancellationToken.None);
        }
    }

    // Synchronous writes within: each only fills a buffer.
    private async Task CopyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var importer = await connection.BeginBinaryImportAsync(Copy, cancellationToken);
        foreach (var row in rows)
        {
            importer.StartRow();
            importer.Write(row.SiteId, NpgsqlDbType.Text);
            importer.Write(row.StreamKey, NpgsqlDbType.Text);
            importer.Write(Micros.ToDateTime(row.OccurredAt), NpgsqlDbType.TimestampTz);
            importer.Write(row.EventId, NpgsqlDbType.Uuid);
            importer.Write(row.Event, NpgsqlDbType.Bytea);
        }

        await importer.CompleteAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private readonly record struct StoredRow(
        string SiteId, string StreamKey, long OccurredAt, Guid EventId, byte[] Event);
}
