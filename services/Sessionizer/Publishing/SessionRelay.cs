using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Database;
using SessionPlatform.Messaging;
using SessionPlatform.ServiceDefaults;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Publishing;

/// <summary>
/// Announces changed sessions to the bus, and sends checkpoints on behind them. A session is announced as it is stored
/// at that moment; if the process dies between publishing and taking the note back, it is announced again, at the same
/// revision.
/// </summary>
internal sealed class SessionRelay(
    NpgsqlDataSource dataSource,
    IPartitionPublisher publisher,
    SessionizerMetrics metrics,
    IOptions<SessionizerOptions> options,
    IOptions<BusOptions> bus,
    TimeProvider time,
    ILogger<SessionRelay> logger)
    : SingletonLoop(dataSource, AdvisoryLocks.SessionRelay, options.Value.PollInterval, time, logger)
{
    private const int MostFacts = 500;
    private const int MostBytes = 1024 * 1024;

    private readonly NpgsqlDataSource _dataSource = dataSource;

    protected internal override async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var awaited = await CheckpointTable.FindAwaitedAsync(_dataSource, bus.Value.Partitions, cancellationToken);
        var (sessions, hasMore, readAt) = await UnpublishedTable.LoadDueAsync(
            _dataSource, awaited, options.Value.StepSize, cancellationToken);
        if (sessions.Count > 0)
        {
            await PublishAsync(sessions, cancellationToken);
            await UnpublishedTable.MarkPublishedAsync(
                _dataSource, sessions, readAt, options.Value.LiveInterval, cancellationToken);
            metrics.Published(sessions.Count);
        }

        if (hasMore)
            return true;
        await SendCheckpointsAsync(cancellationToken);
        return false;
    }

    private async Task PublishAsync(List<SessionRecord> sessions, CancellationToken cancellationToken)
    {
        var partitions = bus.Value.Partitions;
        var publishing = sessions
            .GroupBy(s => Partitioning.Of(s.Address.Stream.SiteId, s.Address.Stream.StreamKey, partitions))
            .SelectMany(ofPartition => Messages(ofPartition, ofPartition.Key))
            .Select(facts => PublishAsync(facts, cancellationToken));
        await Task.WhenAll(publishing);
    }

    private async Task PublishAsync(EncodedFacts facts, CancellationToken cancellationToken)
    {
        using var trace = facts.Trace == default ? null : Traces.GoOn("Publish sessions", facts.Trace);
        await publisher.PublishEncodedAsync<SessionsPublished>(
            facts.ToMessage(), facts.Partition, cancellationToken);
    }

    private static IEnumerable<EncodedFacts> Messages(IEnumerable<SessionRecord> sessions, int partition)
    {
        var facts = new EncodedFacts(partition);
        foreach (var session in sessions)
        {
            if (facts.Count == MostFacts || facts.Length > MostBytes)
            {
                yield return facts;
                facts = new(partition);
            }

            facts.Add(session);
        }

        yield return facts;
    }

    private async Task SendCheckpointsAsync(CancellationToken cancellationToken)
    {
        var partitions = bus.Value.Partitions;
        foreach (var id in await CheckpointTable.FindPublishableAsync(_dataSource, partitions, cancellationToken))
        {
            for (var partition = 0; partition < partitions; partition++)
            {
                var marker = new SessionsPublished { CheckpointId = id, Partition = partition };
                await publisher.PublishAsync(marker, partition, cancellationToken);
            }

            await CheckpointTable.MarkPublishedAsync(_dataSource, id, cancellationToken);
        }
    }
}
