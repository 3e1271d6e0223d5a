using SessionPlatform.Funnel.Funnels.Attempts;
using Verdict = SessionPlatform.Contracts.Funnels.V1.FunnelEvent.Types.Verdict;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Explaining;

/// <summary>The verdict on an event.</summary>
/// <param name="Step">The step, counted from 0; -1 for an exclusion.</param>
internal sealed record Finding(int Step, Verdict Verdict, string Reason);

/// <summary>Explains how each event of an actor affected the attempt, as a pure function of the events.</summary>
internal interface IExplainer
{
    /// <summary>Finds the attempt that counts; must be called before <see cref="Explain"/>.</summary>
    /// <returns>The attempt; null when not even the first step was taken.</returns>
    Attempt? Read(Actor actor);

    /// <summary>Explains one event.</summary>
    /// <param name="index">The index of an event that matches a step or an exclusion.</param>
    Finding Explain(int index);
}
