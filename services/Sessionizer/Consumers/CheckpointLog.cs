using Npgsql;
using SessionPlatform.Messaging;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Consumers;

/// <summary>Notes how far checkpoints have come; <see cref="Publishing.SessionRelay"/> sends them on.</summary>
internal sealed class CheckpointLog(NpgsqlDataSource dataSource) : ICheckpointLog
{
    public Task PassedAsync(string checkpointId, int partition, CancellationToken cancellationToken) =>
        CheckpointTable.AddPassedAsync(dataSource, checkpointId, partition, cancellationToken);
}
