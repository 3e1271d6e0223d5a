using System.Diagnostics;
using Npgsql;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>
/// Carries the trace of a change through the outbox, so that publishing the session continues the trace of the event
/// that changed it, in whichever replica and however much later.
/// </summary>
internal static class OutboxTrace
{
    /// <summary>SQL for the trace of the transaction, a W3C <c>traceparent</c>; NULL when it is not traced.</summary>
    public const string OfTransaction = "nullif(current_setting('sessionplatform.trace', true), '')";

    /// <summary>Names the current trace to the transaction of this batch, if one is recorded.</summary>
    public static void AddTo(NpgsqlBatch batch)
    {
        if (Activity.Current is { Recorded: true, Id: { } trace })
            batch.Add("SELECT set_config('sessionplatform.trace', $1, true)", trace);
    }

    /// <summary>Reads what the outbox holds; default when the change was not traced.</summary>
    public static ActivityContext Read(NpgsqlDataReader reader, int ordinal) =>
        !reader.IsDBNull(ordinal)
        && ActivityContext.TryParse(reader.GetString(ordinal), null, isRemote: true, out var trace)
            ? trace
            : default;
}
