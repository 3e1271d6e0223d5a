using SessionPlatform.Contracts.Sites.V1;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>When an event happened: settled here once, never changed after.</summary>
internal static class SettleTime
{
    private const long SmallestCorrection = Micros.PerSecond;
    private const long FurthestAhead = 5 * 60 * Micros.PerSecond;
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
    /// The time of an event. All in microseconds, times since 1970.
    /// The client's clock is wrong by <c>received − sent</c>, the time on the way included, which cannot be told apart;
    /// from one second on, the event's time is moved by that much.
    /// </summary>
    /// <param name="receivedAt">When the request was received.</param>
    /// <param name="sentAt">The client's clock when it sent the request; null: not given, nothing is corrected.</param>
    /// <param name="clientTime">The client's time of the event; null: when it was received.</param>
    /// <param name="maxEventAge">An event older than this is too old; exactly this old is not.</param>
    public static SettledTime Settle(long receivedAt, long? sentAt, long? clientTime, long maxEventAge)
    {
        if (clientTime is not { } time)
            return new SettledTime(receivedAt, Clamped: false, TooOld: false);
        var correction = receivedAt - (sentAt ?? receivedAt);
        if (Math.Abs(correction) >= SmallestCorrection)
            time += correction;
        if (time > receivedAt + FurthestAhead)
            return new SettledTime(receivedAt, Clamped: true, TooOld: false);
        // The calendar begins after the first moment of year 1, which stands for "minus infinity" in many clients.
        var tooOld = time < receivedAt - maxEventAge || time <= Micros.EarliestTime;
        return new SettledTime(time, Clamped: false, tooOld);
    }

    private static long MaxEventAge(SiteRules? rules) =>
        rules?.MaxEventAge is { } age && Micros.IsValidAndPositive(age) ? Micros.Of(age) : DefaultMaxEventAge;
}

/// <summary>The time of an event.</summary>
/// <param name="OccurredAt">Microseconds since 1970.</param>
/// <param name="Clamped">It was too far ahead and was set to the time of receipt.</param>
/// <param name="TooOld">It is not accepted any more.</param>
internal readonly record struct SettledTime(long OccurredAt, bool Clamped, bool TooOld);
