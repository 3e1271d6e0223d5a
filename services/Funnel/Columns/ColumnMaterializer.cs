using System.Collections.Concurrent;
using System.Data;
using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Materializes columns in the background: of sites whose sessions changed, of chunks that have not changed since the
/// last run. It only saves reports the time; no report relies on it.
/// </summary>
internal sealed partial class ColumnMaterializer(
    NpgsqlDataSource dataSource,
    Configurations configurations,
    FactColumnStore store,
    IOptions<FunnelOptions> options,
    TimeProvider time,
    ILogger<ColumnMaterializer> logger) : BackgroundService
{
    // Bounds how long a snapshot is held: these take some seconds.
    private const int MaxChunksPerSnapshot = 8;

    private static readonly ReportSpan AllTime = new(Instants.First, Instants.Last, null);

    // One column of each family: the others are built with it.
    private static readonly Column[] Columns = [FactColumns.Flags, FactColumns.Timeline.Counts];

    private readonly ConcurrentDictionary<string, bool> touched = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<PlannedChunk>> seen = new(StringComparer.Ordinal);

    /// <summary>Records that sessions of the site changed.</summary>
    public void Touch(string siteId) => touched.TryAdd(siteId, true);

    /// <summary>Materializes what is missing of the sites that changed. Must not run twice at the same time.</summary>
    /// <returns>How many column families of chunks were built.</returns>
    public async Task<int> MaterializeAsync(CancellationToken cancellationToken)
    {
        var built = 0;
        foreach (var siteId in touched.Keys)
        {
            touched.TryRemove(siteId, out _);
            try
            {
                built += await MaterializeAsync(siteId, cancellationToken);
            }
            catch
            {
                Touch(siteId);
                throw;
            }
        }

        return built;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.ColumnInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await MaterializeAsync(stoppingToken);
            }
            // Not fatal: reports build what they need themselves.
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.Failed(logger, exception);
            }
        }
    }

    private async Task<int> MaterializeAsync(string siteId, CancellationToken cancellationToken)
    {
        var before = seen.GetValueOrDefault(siteId, []);
        var (built, step, isStable) = (0, 0, true);
        do
        {
            if (await configurations.FindAsync(siteId, cancellationToken) is not { } site)
                return built;
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction =
                await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var planned = await ScanPlanner.ReadAsync(
                connection, siteId, AllTime, site.TimeZone, time.GetUtcNow().UtcDateTime, cancellationToken);
            var stable = planned.Where(before.Contains).ToList();
            isStable = stable.Count == planned.Count;
            seen[siteId] = [.. planned];
            step = await store.BuildMissingAsync(
                connection, siteId, stable.ConvertAll(chunk => (chunk, Columns)), MaxChunksPerSnapshot,
                cancellationToken);
            built += step;
        }
        while (step > 0);

        if (isStable)
            seen.Remove(siteId);
        else
            Touch(siteId);
        return built;
    }

    private static partial class Log
    {
        [LoggerMessage(3101, LogLevel.Error, "Column materialization failed; retrying at the next interval")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
