using SessionPlatform.Funnel.FunnelReports.Attempts;
using Verdict = SessionPlatform.Contracts.Funnels.V1.FunnelEvent.Types.Verdict;

namespace SessionPlatform.Funnel.FunnelReports.Explaining;

/// <summary>What became of an event.</summary>
/// <param name="Step">From 0; -1: it is an exclusion.</param>
internal sealed record Finding(int Step, Verdict Verdict, string Reason);

/// <summary>Says what became of an actor's events: a pure function of them.</summary>
internal interface IExplainer
{
    /// <summary>How the actor's events are made an attempt of; to be called first.</summary>
    /// <returns>Null: not even the first step was taken.</returns>
    Attempt? Read(Actor actor);

    /// <param name="index">Of an event that matches a step or an exclusion.</param>
    Finding Explain(int index);
}
