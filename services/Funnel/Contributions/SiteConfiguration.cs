using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.Contributions;

/// <summary>All that a session's contribution depends on besides the session, and what reports go by.</summary>
/// <param name="SiteId">The site.</param>
/// <param name="Version">Grows with every change that contributions depend on.</param>
/// <param name="TimeZone">Of the site's days.</param>
/// <param name="WeekStart">The day that the site's weeks begin on; only reports go by it.</param>
/// <param name="Funnels">Of the site, the built-in one included.</param>
internal sealed record SiteConfiguration(
    string SiteId,
    int Version,
    TimeZoneInfo TimeZone,
    DayOfWeek WeekStart,
    IReadOnlyList<SiteFunnel> Funnels)
{
    /// <summary>Those that counts are kept of; the others are answered from the sessions.</summary>
    public IReadOnlyList<SiteFunnel> KeptFunnels { get; } = [.. Funnels.Where(funnel => funnel.IsKept)];
}

/// <summary>One funnel of a site.</summary>
/// <param name="Id">Never used again for another definition, so counts of two definitions cannot mix.</param>
/// <param name="Since">Sessions counted by an older configuration version are not counted in this funnel.</param>
/// <param name="Definition">What callers see.</param>
/// <param name="Rules">What sessions are counted by.</param>
internal sealed record SiteFunnel(int Id, int Since, FunnelDefinition Definition, IFunnel Rules)
{
    /// <summary>Counts are kept of it by delta.</summary>
    public bool IsKept => Rules is not SessionFunnel;
}
