using static SessionPlatform.Contracts.Sessions.V1.Session.Types;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>What <see cref="StreamRefold"/> needs to know of a session as it is stored.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="First">Place of its first event.</param>
/// <param name="Last">Place of its last event. No other session of the stream has events between these two.</param>
/// <param name="StartReason">Why it began.</param>
/// <param name="IsNew">Whether it is the first of its stream.</param>
internal sealed record StoredSession(
    Guid SessionId, EventKey First, EventKey Last, BoundaryReason StartReason, bool IsNew);

/// <summary>A change to a stored session whose events are as they were: what lies before it is different.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="StartReason">Why it begins now.</param>
/// <param name="IsNew">Whether it is still the first of its stream.</param>
internal sealed record StoredSessionPatch(Guid SessionId, BoundaryReason StartReason, bool IsNew);
