using System.Collections.Concurrent;
using System.Data;
using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Makes columns before a report needs them: of sites that sessions came for, of chunks that stayed the same from one
/// look to the next. It only saves reports the time; they never rely on it.
/// </summary>
internal sealed partial class ColumnKeeper(
    NpgsqlDataSource dataSource,
    Configurations configurations,
    ColumnScans scans,
    IOptions<FunnelOptions> options,
    TimeProvider time,
    ILogger<ColumnKeeper> logger) : BackgroundService
{
    // A snapshot is not held longer than these take, some seconds.
    private const int ChunksAtOnce = 8;

    private static readonly ReportSpan Ever = new(Instants.First, Instants.Last, null);

    // Of each source one column stands for all.
    private static readonly Column[] Columns = [FactColumns.Flags, FactColumns.Timeline.Counts];

    private readonly ConcurrentDictionary<string, bool> touched = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<PlannedChunk>> seen = new(StringComparer.Ordinal);

    /// <summary>Sessions of the site changed.</summary>
    public void Touch(string siteId) => touched.TryAdd(siteId, true);

    /// <summary>Looks once at the sites that were touched; not to be called twice at a time.</summary>
    /// <returns>How many columns' worth of chunks were made.</returns>
    public async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        var made = 0;
        foreach (var siteId in touched.Keys)
        {
            touched.TryRemove(siteId, out _);
            try
            {
                made += await LookAsync(siteId, cancellationToken);
            }
            catch
            {
                Touch(siteId);
                throw;
            }
        }

        return made;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.ColumnInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            // Reports make what they need themselves.
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.Failed(logger, error);
            }
        }
    }

    private async Task<int> LookAsync(string siteId, CancellationToken cancellationToken)
    {
        var before = seen.GetValueOrDefault(siteId, []);
        var (made, step, isSettled) = (0, 0, true);
        do
        {
            if (await configurations.FindAsync(siteId, cancellationToken) is not { } site)
                return made;
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction =
                await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var planned = await ChunkPlan.ReadAsync(
                connection, siteId, Ever, site.TimeZone, time.GetUtcNow().UtcDateTime, cancellationToken);
            var settled = planned.Where(before.Contains).ToList();
            isSettled = settled.Count == planned.Count;
            seen[siteId] = [.. planned];
            step = await scans.MakeMissingAsync(
                connection, siteId, settled.ConvertAll(chunk => (chunk, Columns)), ChunksAtOnce, cancellationToken);
            made += step;
        }
        while (step > 0);

        if (isSettled)
            seen.Remove(siteId);
        else
            Touch(siteId);
        return made;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Columns could not be made; the next look is in a while")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
