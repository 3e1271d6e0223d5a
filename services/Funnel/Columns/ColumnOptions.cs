using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Options of the materialized columns and of the caches of reports. Bound to the section <c>Funnel</c>.
/// </summary>
internal sealed class ColumnOptions
{
    public const string Section = "Funnel";

    /// <summary>
    /// The memory budget of everything that reports cache, 1–4096 MiB; default 288: columns of facts (1 to 8 bytes per
    /// session and column), sums of chunks, partial aggregates and the visitors of funnels. When it is full, the least
    /// recently used entries are evicted. The key is <c>Funnel:ColumnCacheMiB</c>, from when only columns counted.
    /// </summary>
    [Range(1, 4096)]
    [ConfigurationKeyName("ColumnCacheMiB")]
    public int ReportCacheMiB { get; set; } = 288;

    /// <summary>
    /// The interval at which a replica looks for facts to copy by column before a report needs them, 1 s – 1 day; default
    /// 2 min. Changes between two looks wait for the next one.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ColumnInterval { get; set; } = TimeSpan.FromMinutes(2);
}
