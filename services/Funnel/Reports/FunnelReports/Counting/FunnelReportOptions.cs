using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Counting;

/// <summary>
/// Limits of funnel reports; section <c>Funnel:Reports</c>. A report beyond them fails with an error that says what to
/// narrow.
/// </summary>
internal sealed class FunnelReportOptions
{
    public const string Section = "Funnel:Reports";

    /// <summary>
    /// The maximum number of sessions that one report reads, 1 – 20,000,000; default 2,000,000. A funnel across
    /// sessions takes about 60 bytes for each.
    /// </summary>
    [Range(1, 20_000_000)]
    public int MaxSessions { get; set; } = 2_000_000;

    /// <summary>
    /// The maximum number of relevant events of one actor, 1 – 1,000,000; default 100,000. Each takes about 200 bytes
    /// while the actor is processed.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxActorEvents { get; set; } = 100_000;

    /// <summary>
    /// The maximum number of relevant events of all visitors or users in a funnel across sessions, 1 – 100,000,000;
    /// default 16,000,000. Each takes about 6 bytes.
    /// </summary>
    [Range(1, 100_000_000)]
    public int MaxEvents { get; set; } = 16_000_000;

    /// <summary>
    /// The maximum number of times between steps that one report stores for its medians, 1 – 100,000,000; default
    /// 8,000,000. Each takes 8 bytes, and twice that while the results of all cores are merged. The limit also applies
    /// to each core.
    /// </summary>
    [Range(1, 100_000_000)]
    public int MaxTimes { get; set; } = 8_000_000;

    /// <summary>
    /// The maximum number of distinct breakdown values, or of pages visited instead of the next step, in one report,
    /// 1 – 1,000,000; default 100,000. Each takes about 500 bytes.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxValues { get; set; } = 100_000;

    /// <summary>
    /// The minimum number of sessions per core, 1 – 1,000,000; default 10,000. With fewer sessions, persons are
    /// processed sequentially.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MinSessionsPerCore { get; set; } = 10_000;

    /// <summary>
    /// The maximum number of concurrent reports of one replica, 1 – 64; default 2. Others wait for their turn.
    /// </summary>
    [Range(1, 64)]
    public int MaxAtOnce { get; set; } = 2;
}
