using System.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Metrics.Counting;

namespace SessionPlatform.Funnel.Tests.Columns;

/// <summary>The columns of a site, as a replica reads them.</summary>
internal sealed class ColumnsOf : IDisposable
{
    private readonly Meters meters = new();
    private readonly NpgsqlDataSource dataSource;
    private readonly ReportDatabase database;

    public ColumnsOf(NpgsqlDataSource dataSource)
    {
        this.dataSource = dataSource;
        var memory = ReportCaches.Create(meters: meters);
        database = new ReportDatabase(dataSource, Options.Create(new FunnelOptions()));
        Filters = new FilterMatcher(database, memory);
        (Cache, Aggregates, Sums) = (new ColumnCache(memory), new PartialAggregateCache(memory), new KeptSums(memory));
        Scans = new FactColumnStore(
            new ColumnTable(dataSource, NullLogger<ColumnTable>.Instance), Cache, new ColumnBuilder(dataSource),
            TimeProvider.System);
    }

    public ColumnCache Cache { get; }

    public PartialAggregateCache Aggregates { get; }

    public KeptSums Sums { get; }

    public FilterMatcher Filters { get; }

    public FactColumnStore Scans { get; }

    /// <summary>All columns of all chunks of a span.</summary>
    public async Task<List<Chunk>> ReadAsync(SiteConfiguration site, ReportSpan? span = null)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        return await ReadAsync(await PlanAsync(connection, site, span));
    }

    public Task<ColumnReader> PlanAsync(NpgsqlConnection connection, SiteConfiguration site, ReportSpan? span = null) =>
        Scans.PlanAsync(
            connection, site, span ?? new ReportSpan(Instants.First, Instants.Last, null), FactColumns.All, _ => [],
            CancellationToken.None);

    public static async Task<List<Chunk>> ReadAsync(ColumnReader scan)
    {
        var chunks = new List<Chunk>();
        await foreach (var chunk in scan.ReadAsync(CancellationToken.None))
            chunks.Add(chunk);
        return chunks;
    }

    public void Dispose()
    {
        database.Dispose();
        meters.Dispose();
    }
}
