using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Sessionizer.Recomputing;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Auditing;

/// <summary>
/// Proves the stored sessions of a site: reads some streams at a time, in one snapshot each, and compares. What differs
/// is mended, if that is wanted, by computing its stream anew.
/// </summary>
internal sealed class SessionAuditor(
    NpgsqlDataSource dataSource,
    RulesTimelines timelines,
    IOptions<SessionizerOptions> options,
    TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Reports progress and differences.</summary>
    /// <returns>The end.</returns>
    public async Task<AuditSummary> RunAsync(
        Site site, AuditRequest request, Func<AuditResponse, Task> report, CancellationToken cancellationToken)
    {
        await AwaitReprocessAsync(request.SiteId, report, cancellationToken);
        var isAuthoritative = site.Rules.SessionKey == SiteRules.Types.SessionKeyPolicy.Authoritative;
        // Where clients decide the sessions, whether one is the visitor's first depends on all others.
        var rangeToRead = isAuthoritative ? null : request.Range;
        var total = await CountStreamsAsync(request.SiteId, cancellationToken);
        var (summary, done, after) = (new AuditSummary(), 0, (string?)"");
        var firsts = new VisitorFirstsCheck();
        var toRepair = new HashSet<string>(StringComparer.Ordinal);
        var beyondRepair = new HashSet<string>(StringComparer.Ordinal);
        while (after is not null)
        {
            var history = await StoredHistory.ReadAsync(
                dataSource, request.SiteId, after, rangeToRead, cancellationToken);
            var comparison = new HistoryComparison(history, request.Range, time.GetUtcNow(), firsts);
            foreach (var (stream, difference) in comparison.Differences())
            {
                toRepair.Add(stream);
                summary.Differences++;
                await report(new() { Difference = difference });
            }

            // The events are what a stream is computed from: where one of them is damaged, nothing can be.
            beyondRepair.UnionWith(history.Damaged.Select(damaged => damaged.StreamKey));
            toRepair.ExceptWith(beyondRepair);
            summary.Events += (ulong)history.Events.Count;
            summary.Sessions += (ulong)history.Sessions.Count;
            done += history.Streams;
            after = history.LastKey;
            await report(Progress(AuditProgress.Types.Phase.Sessions, done, Math.Max(total, done)));
            // Of a visitor's sessions only all together tell which is the first.
            if (request.Repair && !isAuthoritative)
                summary.Repaired += await RepairAsync(request.SiteId, toRepair, cancellationToken);
        }

        foreach (var (stream, difference) in firsts.Differences(request.Range))
        {
            toRepair.Add(stream);
            summary.Differences++;
            await report(new() { Difference = difference });
        }

        toRepair.ExceptWith(beyondRepair);
        if (request.Repair)
            summary.Repaired += await RepairAsync(request.SiteId, toRepair, cancellationToken);
        return summary;
    }

    private async Task<ulong> RepairAsync(
        string siteId, HashSet<string> streamKeys, CancellationToken cancellationToken)
    {
        var repaired = 0UL;
        foreach (var key in streamKeys.Order(StringComparer.Ordinal))
        {
            var stream = new StreamId(siteId, key);
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var locked = await StreamTable.LockAsync(
                connection, [stream], time.GetUtcNow().UtcDateTime, cancellationToken);
            var rules = await timelines.GetAsync(connection, locked.Sites, cancellationToken);
            var recomputation = new StreamRecomputation(
                stream, rules[siteId], locked.Sites[siteId].Base, options.Value.LiveInterval, time);
            await recomputation.RunAsync(connection, RecomputeCause.Repair, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            repaired++;
        }

        streamKeys.Clear();
        return repaired;
    }

    // Until a recomputation is through, what is stored is meant to differ from the rules.
    private async Task AwaitReprocessAsync(
        string siteId, Func<AuditResponse, Task> report, CancellationToken cancellationToken)
    {
        while (await ReprocessTable.FindAsync(dataSource, siteId, cancellationToken) is { FinishedAt: null } running)
        {
            await report(Progress(
                AuditProgress.Types.Phase.Waiting, (long)running.StreamsDone, (long)running.Streams));
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task<long> CountStreamsAsync(string siteId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT count(*) FROM streams WHERE site_id = $1");
        command.Parameters.Add(new() { Value = siteId });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static AuditResponse Progress(AuditProgress.Types.Phase phase, long done, long total) =>
        new() { Progress = new() { Phase = phase, Done = (ulong)done, Total = (ulong)total } };
}
