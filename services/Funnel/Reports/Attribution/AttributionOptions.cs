using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Funnel.Reports.Attribution;

/// <summary>
/// Limits of attribution reports; section <c>Funnel:Attribution</c>. A report beyond them fails with an error that says
/// what to narrow.
/// </summary>
internal sealed class AttributionOptions
{
    public const string Section = "Funnel:Attribution";

    /// <summary>
    /// The maximum number of sessions of converting persons that one report reads, 1 – 20,000,000; default 3,000,000.
    /// </summary>
    [Range(1, 20_000_000)]
    public int MaxSessions { get; set; } = 3_000_000;

    /// <summary>
    /// The maximum number of distinct values of one report, 1 – 1,000,000; default 100,000. Each takes about 400 bytes.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxValues { get; set; } = 100_000;
}
