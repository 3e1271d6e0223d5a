using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>Options of audits. Bound to the section <c>Funnel</c>.</summary>
internal sealed class AuditOptions
{
    public const string Section = "Funnel";

    /// <summary>
    /// How long an audit waits before it checks a session again whose newest fact may be in transit, 1 ms – 1 min;
    /// default 1 s. It checks up to five times.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan AuditPatience { get; set; } = TimeSpan.FromSeconds(1);
}
