using SessionPlatform.Oracle;

namespace SessionPlatform.EndToEnd.Tests.Expected;

/// <summary>Counts funnels session by session.</summary>
public static class FunnelOracle
{
    public static readonly IReadOnlyList<string> EcommerceStages =
        ["Entry", "Browse", "Product", "Cart", "Checkout", "Confirmation"];

    /// <summary>A session reached every stage up to its furthest page or purchase.</summary>
    public static int EcommerceReached(OracleSession session) => session.Events.Max(StageOf);

    /// <summary>Returns the number of steps that match in sequence.</summary>
    public static int OrderedReached(OracleSession session, IReadOnlyList<Func<OracleEvent, bool>> steps) =>
        session.Events.Aggregate(0, (reached, e) => reached < steps.Count && steps[reached](e) ? reached + 1 : reached);

    /// <summary>Returns the sessions and distinct visitors that reached each stage.</summary>
    public static IReadOnlyList<(int Sessions, int Visitors)> Count(
        IReadOnlyList<OracleSession> sessions, int stages, Func<OracleSession, int> reached) =>
        [.. Enumerable.Range(1, stages)
            .Select(stage => sessions.Where(session => reached(session) >= stage).ToList())
            .Select(there => (there.Count, there.Select(session => session.VisitorId).Distinct().Count()))];

    private static int StageOf(OracleEvent e)
    {
        if (e.Sent.Kind == "purchase")
            return 6;
        var page = e.Sent.PageCategory.Length > 0 ? e.Sent.PageCategory
            : !e.IsPageView ? ""
            : e.Path is "/checkout/confirmation" ? "confirmation"
            : e.Path.Split('/')[1];
        return page switch
        {
            "confirmation" => 6,
            "checkout" => 5,
            "cart" => 4,
            "product" => 3,
            "category" or "search" => 2,
            _ => e.IsPageView ? 1 : 0,
        };
    }
}
