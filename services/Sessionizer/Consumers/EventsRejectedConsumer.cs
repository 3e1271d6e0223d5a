using Npgsql;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Messaging;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Consumers;

/// <summary>Keeps rejected events, for a look and for ingesting them again.</summary>
internal sealed class EventsRejectedConsumer(NpgsqlDataSource dataSource) : PartitionConsumer<EventsRejected>
{
    protected override async Task ApplyAsync(
        IReadOnlyList<EventsRejected> messages, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        RejectTable.AddInsert(batch, messages.SelectMany(message => message.Rejects).ToList());
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
