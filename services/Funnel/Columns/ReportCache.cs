using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// The memory of all that reports keep for the next ones, within one budget (<see
/// cref="ColumnOptions.ReportCacheMiB"/>): columns, chunk sums, partial aggregates, visitors of funnels. When it is
/// full, what was used least recently is evicted. Its metrics are <c>sessionplatform.funnel.report_cache.*</c>, by
/// <c>kind</c>.
/// </summary>
internal sealed class ReportCache
{
    public const string MeterName = "SessionPlatform.Funnel";

    private const long BytesPerMiB = 1024 * 1024;

    private readonly ByteBudgetCache cache;

    public ReportCache(IOptions<ColumnOptions> options, IMeterFactory meters)
    {
        cache = new ByteBudgetCache(options.Value.ReportCacheMiB * BytesPerMiB);
        var meter = meters.Create(MeterName);
        meter.CreateObservableUpDownCounter(
            "sessionplatform.funnel.report_cache.size", () => Measure(kind => kind.Bytes), "By",
            "Memory that cached columns and aggregates take");
        meter.CreateObservableCounter(
            "sessionplatform.funnel.report_cache.hits", () => Measure(kind => kind.Hits), "{lookup}",
            "Lookups that found what they asked for");
        meter.CreateObservableCounter(
            "sessionplatform.funnel.report_cache.misses", () => Measure(kind => kind.Misses), "{lookup}",
            "Lookups that found nothing");
        meter.CreateObservableCounter(
            "sessionplatform.funnel.report_cache.evictions", () => Measure(kind => kind.Evictions), "{entry}",
            "Entries removed to make room for others");
    }

    /// <summary>Bytes that all entries take.</summary>
    public long Bytes => cache.Bytes;

    /// <summary>Adds a kind of entries, with keys of its own.</summary>
    /// <param name="kind">The value of the <c>kind</c> attribute in metrics.</param>
    public CachePartition<TKey, TValue> AddKind<TKey, TValue>(string kind)
        where TKey : notnull
        where TValue : class => cache.AddPartition<TKey, TValue>(kind);

    private IEnumerable<Measurement<long>> Measure(Func<ICachePartition, long> value) => cache.Partitions
        .Select(kind => new Measurement<long>(value(kind), new KeyValuePair<string, object?>("kind", kind.Name)));
}
