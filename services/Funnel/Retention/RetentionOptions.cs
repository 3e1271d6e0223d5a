using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Funnel.Retention;

/// <summary>
/// How large a report of who comes back may be; section <c>Funnel:Retention</c>. A report beyond is refused, and the
/// caller is told what to narrow.
/// </summary>
internal sealed class RetentionOptions
{
    public const string Section = "Funnel:Retention";

    /// <summary>Sessions of one report, 1 – 20,000,000; default 3,000,000.</summary>
    [Range(1, 20_000_000)]
    public int MaxSessions { get; set; } = 3_000_000;

    /// <summary>
    /// Intervals in which somebody was active, added up over all visitors or users, 1 – 50,000,000; default 5,000,000.
    /// Some 80 bytes for each.
    /// </summary>
    [Range(1, 50_000_000)]
    public int MaxActivities { get; set; } = 5_000_000;

    /// <summary>Numbers in one answer, 1 – 2,000,000; default 500,000. gRPC clients refuse more than 4 MiB.</summary>
    [Range(1, 2_000_000)]
    public int MaxNumbers { get; set; } = 500_000;
}
