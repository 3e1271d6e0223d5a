using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Funnel;

/// <summary>Section <c>Funnel</c>.</summary>
internal sealed class FunnelOptions
{
    public const string Section = "Funnel";

    /// <summary>
    /// Sessions applied in one transaction, 1–10,000; default 2,000. More cost less each; but other replicas wait as
    /// long for the totals of the day.
    /// </summary>
    [Range(1, 10_000)]
    public int ApplyBatch { get; set; } = 2_000;

    /// <summary>
    /// Stored sessions counted anew in one transaction after a change of funnels or rules, 1–10,000; default 500.
    /// Facts that arrive meanwhile wait at most as long as one of these.
    /// </summary>
    [Range(1, 10_000)]
    public int RecountBatch { get; set; } = 500;

    /// <summary>
    /// How often a replica looks for sessions to count anew, 100 ms – 10 min; default 2 s. A definition that came in
    /// by the replica itself is not waited for.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan RecountInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long an audit waits before it looks again at a session of which the newest fact may be on its way, 1 ms –
    /// 1 min; default 1 s. It looks up to five times.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan AuditPatience { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long one statement of a report may take, 100 ms – 10 min; default 20 s. A report that takes longer is
    /// refused, and says what to narrow: it would hold up the others.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ReportTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Memory that a report may sort and group in, per step, before it does so on disk, 1–1024 MiB; default 32.
    /// </summary>
    [Range(1, 1024)]
    public int ReportMemoryMiB { get; set; } = 32;

    /// <summary>
    /// Reports computed at once by a replica, 1–64; default 16. Others wait: each takes a connection or two, memory,
    /// and a core.
    /// </summary>
    [Range(1, 64)]
    public int ReportsAtOnce { get; set; } = 16;

    /// <summary>
    /// Memory for all that reports keep for the next ones, 1–4096 MiB; default 288: columns of facts (1 to 8 bytes a
    /// session and column), sums of chunks, partial aggregates and the visitors of funnels. When it is full, what was
    /// used least recently is evicted. The key is <c>Funnel:ColumnCacheMiB</c>, from when only columns counted.
    /// </summary>
    [Range(1, 4096)]
    [ConfigurationKeyName("ColumnCacheMiB")]
    public int ReportCacheMiB { get; set; } = 288;

    /// <summary>
    /// How often a replica looks for facts to copy by column before a report needs them, 1 s – 1 day; default 2 min.
    /// What changed between two looks waits for the next.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ColumnInterval { get; set; } = TimeSpan.FromMinutes(2);
}
