using SessionPlatform.Funnel.Funnels.Attempts;
using Verdict = SessionPlatform.Contracts.Funnels.V1.FunnelEvent.Types.Verdict;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Explaining;

/// <summary>Explains events of first-time-only steps that are not the first.</summary>
internal static class FirstTime
{
    public static Finding Finding(FunnelShape shape, Actor actor, int step)
    {
        var first = actor.Sessions.SelectMany(session => session.Events)
            .Where(happened => happened.Matches(step)).Min(happened => happened.At);
        return new Finding(
            step,
            Verdict.NotFirstTime,
            $"{shape.Title(step)} takes the very first such event only, and that was at {Words.Time(first)}");
    }
}
