using System.Text;
using SessionPlatform.Ingestion.Requests;
using SessionPlatform.Ingestion.Steps;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Ingestion.Intake;

/// <summary>Checks a request as a whole, before its events.</summary>
internal static class BatchRules
{
    private const int MaxIpBytes = 45;

    /// <summary>Adds all violations of a unary request.</summary>
    public static void CheckRequest(RawBatch batch, Violations violations)
    {
        if (batch.EventCount is 0 or > RawBatch.MaxEvents)
            violations.Add("events", $"must be 1-{RawBatch.MaxEvents} events, not {batch.EventCount}");
        CheckCommon(batch, violations);
    }

    /// <summary>Adds all violations of a batch in a stream.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="before">Sequence number of the previous batch; 0 for the first one.</param>
    /// <param name="violations">The violations to add to.</param>
    public static void CheckStreamed(RawBatch batch, long before, Violations violations)
    {
        if (batch.Sequence <= before)
            violations.Add("sequence", before == 0
                ? $"must be 1 or more, not {batch.Sequence}"
                : $"must be more than the one before, {before}, not {batch.Sequence}");
        if (batch.EventCount > RawBatch.MaxEvents)
            violations.Add("events", $"must be at most {RawBatch.MaxEvents} events, not {batch.EventCount}");
        CheckCommon(batch, violations);
    }

    private static void CheckCommon(RawBatch batch, Violations violations)
    {
        if (batch.SentAt is { } sentAt && !Micros.IsValid(sentAt))
            violations.Add("sent_at", "must be a time in the years 1 to 9999");
        if (batch.MaxEventAge is { } age && !Micros.IsValidAndPositive(age))
            violations.Add("max_event_age", "must be a valid duration of more than 0");
        if (batch.Client is not { } client)
            return;
        CheckText("client.ip", client.Ip, MaxIpBytes, violations);
        CheckText("client.user_agent", client.UserAgent, ValidateDetails.MaxUserAgentBytes, violations);
    }

    private static void CheckText(string field, string text, int maxBytes, Violations violations)
    {
        if (Encoding.UTF8.GetByteCount(text) > maxBytes)
            violations.Add(field, $"must be at most {maxBytes} bytes");
        else if (text.Contains('\0'))
            violations.Add(field, "must not hold NUL characters");
    }
}
