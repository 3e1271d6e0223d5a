using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>Keeps the page views on one side of the event by which a session reaches a stage of a funnel.</summary>
internal sealed class FunnelCut(IFunnel funnel, FunnelPoint point)
{
    /// <summary>
    /// Which of the session's page views, in their order; null: the session does not reach the stage. Events are told
    /// apart by their order, so that several at one time are no matter.
    /// </summary>
    public Range? Kept(SessionDocument document)
    {
        if (funnel.ReachedAt(document, point.Stage) is not { } reachedAt)
            return null;
        var before = 0;
        for (var index = 0; index < reachedAt; index++)
        {
            if (IsPageView(document.Timeline[index]))
                before++;
        }

        if (point.Side != FunnelPoint.Types.Side.Before)
            return before..;
        // Beyond the kept timeline only a page view reaches anything, see EcommerceFunnel.
        var isPageView = reachedAt == document.Timeline.Count || IsPageView(document.Timeline[reachedAt]);
        return ..(isPageView ? before + 1 : before);
    }

    private static bool IsPageView(TimelineEvent happened) => happened.Kind == "pageview";
}
