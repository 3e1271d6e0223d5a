using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Funnel.Applying;

/// <summary>Options of applying session changes. Bound to the section <c>Funnel</c>.</summary>
internal sealed class ApplyOptions
{
    public const string Section = "Funnel";

    /// <summary>
    /// The maximum number of sessions applied in one transaction, 1–10,000; default 2,000. Larger batches cost less per
    /// session, but block other replicas longer, because all of them update the totals of the current day.
    /// </summary>
    [Range(1, 10_000)]
    public int ApplyBatch { get; set; } = 2_000;
}
