using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>
/// How large a report of journeys may be; section <c>Funnel:Journeys</c>. A report beyond is refused, and the caller is
/// told what to narrow.
/// </summary>
internal sealed class JourneyOptions
{
    public const string Section = "Funnel:Journeys";

    /// <summary>Sessions of one report, 1 – 20,000,000; default 2,000,000. Some 50 bytes for each at most.</summary>
    [Range(1, 20_000_000)]
    public int MaxSessions { get; set; } = 2_000_000;

    /// <summary>
    /// Different pages of one report, once they are cleaned, 1 – 5,000,000; default 200,000. Some 200 bytes for each.
    /// </summary>
    [Range(1, 5_000_000)]
    public int MaxPages { get; set; } = 200_000;

    /// <summary>
    /// Different paths or transitions of one report, 1 – 5,000,000; default 1,000,000. Some 150 bytes for each.
    /// </summary>
    [Range(1, 5_000_000)]
    public int MaxPaths { get; set; } = 1_000_000;

    /// <summary>
    /// Steps from page to page that are counted in one report of transitions, 1 – 100,000,000; default 8,000,000. 8
    /// bytes for each.
    /// </summary>
    [Range(1, 100_000_000)]
    public int MaxSteps { get; set; } = 8_000_000;

    /// <summary>Reports counted at once by a replica, 1 – 64; default 2. Others wait: each takes memory and a core.</summary>
    [Range(1, 64)]
    public int MaxAtOnce { get; set; } = 2;
}
