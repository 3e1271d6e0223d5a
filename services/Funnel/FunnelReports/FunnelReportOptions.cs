using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Funnel.FunnelReports;

/// <summary>
/// How large a report of a funnel may be; section <c>Funnel:Reports</c>. One beyond is refused, and the caller is told
/// what to narrow.
/// </summary>
internal sealed class FunnelReportOptions
{
    public const string Section = "Funnel:Reports";

    /// <summary>
    /// Sessions that one report reads, 1 – 20,000,000; default 2,000,000. Across sessions some 60 bytes for each.
    /// </summary>
    [Range(1, 20_000_000)]
    public int MaxSessions { get; set; } = 2_000_000;

    /// <summary>
    /// Events of one actor that a funnel looks at, 1 – 1,000,000; default 100,000. Some 200 bytes for each, of the
    /// actor at hand.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxActorEvents { get; set; } = 100_000;

    /// <summary>
    /// Events of all visitors or users together that a funnel across sessions looks at, 1 – 100,000,000; default
    /// 16,000,000. Some 6 bytes for each.
    /// </summary>
    [Range(1, 100_000_000)]
    public int MaxEvents { get; set; } = 16_000_000;

    /// <summary>
    /// Times between steps that one report keeps for its medians, 1 – 100,000,000; default 8,000,000. 8 bytes for each,
    /// twice that while what the cores have counted is put together; each core by itself stays below it, too.
    /// </summary>
    [Range(1, 100_000_000)]
    public int MaxTimes { get; set; } = 8_000_000;

    /// <summary>
    /// Different values of a breakdown, or pages where people went instead, that one report counts, 1 – 1,000,000;
    /// default 100,000. Some 500 bytes for each.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxValues { get; set; } = 100_000;

    /// <summary>
    /// Sessions that a core is given at least: of fewer, persons are counted one after the other; 1 – 1,000,000; default
    /// 10,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MinSessionsPerCore { get; set; } = 10_000;

    /// <summary>Reports that one replica computes at once, 1 – 64; default 2. Others wait for their turn.</summary>
    [Range(1, 64)]
    public int MaxAtOnce { get; set; } = 2;
}
