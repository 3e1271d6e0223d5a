using Npgsql;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.ServiceDefaults.Bus;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Consumers;

/// <summary>Keeps rejected events, for a look and for ingesting them again.</summary>
internal sealed class EventsRejectedConsumer(NpgsqlDataSource dataSource) : PartitionConsumer<EventsRejected>
{
    private const string Insert = """
        INSERT INTO rejected_events (reject_id, site_id, rejected_at, reason, field, events, event)
        SELECT reject_id, site_id, rejected_at, reason, field, events, nullif(event, ''::bytea)
        FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::int[], $7::bytea[])
            AS given (reject_id, site_id, rejected_at, reason, field, events, event)
        ON CONFLICT DO NOTHING
        """;

    protected override async Task ApplyAsync(
        IReadOnlyList<EventsRejected> messages, CancellationToken cancellationToken)
    {
        var rejects = messages.SelectMany(message => message.Rejects).ToList();
        await using var command = dataSource.CreateCommand(Insert);
        command.Parameters.Add(
            new() { Value = rejects.Select(r => new Guid(r.RejectId.Span, bigEndian: true)).ToArray() });
        command.Parameters.Add(new() { Value = rejects.Select(r => r.SiteId).ToArray() });
        command.Parameters.Add(new() { Value = rejects.Select(r => Micros.ToDateTime(r.RejectedAt)).ToArray() });
        command.Parameters.Add(new() { Value = rejects.Select(r => r.Reason).ToArray() });
        command.Parameters.Add(new() { Value = rejects.Select(r => r.Field).ToArray() });
        command.Parameters.Add(new() { Value = rejects.Select(r => r.Count).ToArray() });
        command.Parameters.Add(new() { Value = rejects.Select(r => r.Event.ToByteArray()).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
