using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Funnel.Database;

/// <summary>Limits of reports on the database. Bound to the section <c>Funnel</c>.</summary>
internal sealed class ReportOptions
{
    public const string Section = "Funnel";

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
}
