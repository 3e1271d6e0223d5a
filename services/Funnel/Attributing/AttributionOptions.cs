using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Funnel.Attributing;

/// <summary>
/// How large a report of attribution may be; section <c>Funnel:Attribution</c>. A report beyond is refused, and the
/// caller is told what to narrow.
/// </summary>
internal sealed class AttributionOptions
{
    public const string Section = "Funnel:Attribution";

    /// <summary>
    /// Sessions of those who convert that are read for one report, 1 – 20,000,000; default 3,000,000.
    /// </summary>
    [Range(1, 20_000_000)]
    public int MaxSessions { get; set; } = 3_000_000;

    /// <summary>Different values of one report, 1 – 1,000,000; default 100,000. Some 400 bytes for each.</summary>
    [Range(1, 1_000_000)]
    public int MaxValues { get; set; } = 100_000;
}
