using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.Configuration;

/// <summary>The configuration of a site, as far as contributions of sessions and reports depend on it.</summary>
/// <param name="SiteId">The id of the site.</param>
/// <param name="Version">Increases with every change that affects contributions.</param>
/// <param name="TimeZone">The time zone of the days of the site.</param>
/// <param name="WeekStart">The first day of the week; it affects only reports.</param>
/// <param name="Funnels">All funnels of the site, including the built-in one.</param>
internal sealed record SiteConfiguration(
    string SiteId,
    int Version,
    TimeZoneInfo TimeZone,
    DayOfWeek WeekStart,
    IReadOnlyList<SiteFunnel> Funnels)
{
    /// <summary>The funnels with materialized counts; the others are computed from sessions on request.</summary>
    public IReadOnlyList<SiteFunnel> KeptFunnels { get; } = [.. Funnels.Where(funnel => funnel.IsKept)];
}

/// <summary>One funnel of a site.</summary>
/// <param name="Id">Never reused for another definition, so that counts of two definitions cannot mix.</param>
/// <param name="Since">The first configuration version whose sessions are counted in this funnel.</param>
/// <param name="Definition">The definition as callers see it.</param>
/// <param name="Rules">The compiled definition.</param>
internal sealed record SiteFunnel(int Id, int Since, FunnelDefinition Definition, IFunnel Rules)
{
    /// <summary>Whether counts of the funnel are materialized, and updated by deltas.</summary>
    public bool IsKept => Rules is not SessionFunnel;
}
