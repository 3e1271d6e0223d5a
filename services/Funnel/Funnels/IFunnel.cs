using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Funnels;

/// <summary>A compiled funnel that counts the stages a session reached.</summary>
internal interface IFunnel
{
    /// <summary>Returns the number of stages that the session reached; 0 when it reached none.</summary>
    int StagesReached(SessionDocument document);

    /// <summary>
    /// Returns the index of the timeline event by which the session reached a stage, counted from 1; null when it did
    /// not. The index after the last event stands for a page view beyond the events that the timeline keeps.
    /// </summary>
    int? ReachedAt(SessionDocument document, int stage);
}
