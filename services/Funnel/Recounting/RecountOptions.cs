using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Funnel.Recounting;

/// <summary>Options of the background recount. Bound to the section <c>Funnel</c>.</summary>
internal sealed class RecountOptions
{
    public const string Section = "Funnel";

    /// <summary>
    /// The maximum number of stored sessions recounted in one transaction after a change of funnels or rules, 1–10,000;
    /// default 500. Facts that arrive meanwhile wait for at most one such transaction.
    /// </summary>
    [Range(1, 10_000)]
    public int RecountBatch { get; set; } = 500;

    /// <summary>
    /// The interval at which a replica looks for sessions to recount, 100 ms – 10 min; default 2 s. A definition that
    /// the replica itself received starts a recount at once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan RecountInterval { get; set; } = TimeSpan.FromSeconds(2);
}
