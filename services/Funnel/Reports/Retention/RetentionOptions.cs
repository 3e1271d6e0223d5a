using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Funnel.Reports.Retention;

/// <summary>
/// Limits of retention reports; section <c>Funnel:Retention</c>. A report beyond them fails with an error that says
/// what to narrow.
/// </summary>
internal sealed class RetentionOptions
{
    public const string Section = "Funnel:Retention";

    /// <summary>The maximum number of sessions of one report, 1 – 20,000,000; default 3,000,000.</summary>
    [Range(1, 20_000_000)]
    public int MaxSessions { get; set; } = 3_000_000;

    /// <summary>
    /// The maximum number of active intervals, summed over all visitors or users, 1 – 50,000,000; default 5,000,000.
    /// Each takes about 80 bytes.
    /// </summary>
    [Range(1, 50_000_000)]
    public int MaxActivities { get; set; } = 5_000_000;

    /// <summary>
    /// The maximum number of figures in one response, 1 – 2,000,000; default 500,000. gRPC clients reject more than 4
    /// MiB.
    /// </summary>
    [Range(1, 2_000_000)]
    public int MaxNumbers { get; set; } = 500_000;
}
