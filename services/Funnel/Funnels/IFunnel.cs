using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Funnels;

/// <summary>A funnel as sessions are counted by it.</summary>
internal interface IFunnel
{
    /// <summary>How many of the funnel's stages the session reached, from the first: 0 for none.</summary>
    int StagesReached(SessionDocument document);

    /// <summary>
    /// The event of the timeline by which the session reached a stage, from 1; null: it did not. One past the last: by
    /// a page view beyond the events that the timeline keeps.
    /// </summary>
    int? ReachedAt(SessionDocument document, int stage);
}
