using SessionPlatform.Contracts.Sites.V1;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>Sets the time of the event, once; it never changes afterwards.</summary>
internal static class SettleTime
{
    private const long MinCorrection = Micros.PerSecond;
    private const long MaxAhead = 5 * 60 * Micros.PerSecond;
    private const long DefaultMaxEventAge = 7 * 24 * 3600 * Micros.PerSecond;

    public static void Apply(EventDraft draft, BatchContext context)
    {
        var clientTime = draft.Sent.ClientTime;
        if (clientTime is not null && !Micros.IsValid(clientTime))
            return;
        var settled = Settle(
            context.ReceivedAt,
            context.SentAt,
            clientTime is null ? null : Micros.Of(clientTime),
            context.MaxEventAge ?? MaxEventAge(draft.Site?.Rules));
        if (settled.TooOld)
            draft.Violate("client_time", Reason.TooOld,
                "is older than the site accepts; import history with a max_event_age");
        draft.Accepted.OccurredAt = settled.OccurredAt;
        draft.Accepted.ClockClamped = settled.Clamped;
        draft.Accepted.ReceivedAt = context.ReceivedAt;
    }

    /// <summary>
    /// Returns the time of an event. Times are in microseconds since 1970, durations in microseconds. The error of the
    /// client's clock is estimated as <c>received − sent</c>, which includes the transfer time; from one second on, the
    /// event's time is corrected by it.
    /// </summary>
    /// <param name="receivedAt">Time at which the request was received.</param>
    /// <param name="sentAt">The client's clock when it sent the request; null for no correction.</param>
    /// <param name="clientTime">The client's time of the event; null for the time of receipt.</param>
    /// <param name="maxEventAge">Maximum age of the event, inclusive.</param>
    public static SettledTime Settle(long receivedAt, long? sentAt, long? clientTime, long maxEventAge)
    {
        if (clientTime is not { } time)
            return new SettledTime(receivedAt, Clamped: false, TooOld: false);
        var correction = receivedAt - (sentAt ?? receivedAt);
        if (Math.Abs(correction) >= MinCorrection)
            time += correction;
        if (time > receivedAt + MaxAhead)
            return new SettledTime(receivedAt, Clamped: true, TooOld: false);
        // The first moment of year 1 is excluded, since it means "minus infinity" in many clients.
        var tooOld = time < receivedAt - maxEventAge || time <= Micros.EarliestTime;
        return new SettledTime(time, Clamped: false, tooOld);
    }

    private static long MaxEventAge(SiteRules? rules) =>
        rules?.MaxEventAge is { } age && Micros.IsValidAndPositive(age) ? Micros.Of(age) : DefaultMaxEventAge;
}
