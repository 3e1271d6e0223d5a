using Npgsql;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Facts;

namespace SessionPlatform.Funnel.Storage;

/// <summary>
/// Applies changes as deltas: what each session contributes now, less what is stored that it contributed before.
/// Document and aggregates change in one transaction, so that a repeated, late or overtaken change comes out right. A
/// constant number of round trips, however many sessions.
/// </summary>
internal sealed partial class Applier(
    NpgsqlDataSource dataSource, Configurations configurations, ILogger<Applier> logger)
{
    private const string VersionsSql = "SELECT site_id, version FROM site_configurations WHERE site_id = ANY ($1)";

    /// <summary>Applies all changes or, by throwing, none.</summary>
    /// <returns>How many changed anything stored.</returns>
    public async Task<int> ApplyAsync(IEnumerable<Change> changes, CancellationToken cancellationToken)
    {
        var newest = Change.Newest(changes);
        while (newest.Count > 0)
        {
            var applied = await TryApplyAsync(newest, cancellationToken);
            // Only where somebody else got ahead, so this ends.
            if (applied is { } count)
                return count;
        }

        return 0;
    }

    /// <summary>
    /// Null: somebody else got ahead, by a new configuration or by a first snapshot of the same session.
    /// </summary>
    private async Task<int?> TryApplyAsync(IReadOnlyCollection<Change> changes, CancellationToken cancellationToken)
    {
        var bySite = await ConfigurationsOfAsync(changes, cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, changes, bySite, cancellationToken) is not var (stored, marks))
            return null;

        var deltas = new Deltas();
        var updates = new List<DocumentWrite>();
        var inserts = new List<DocumentWrite>();
        var misplaced = new List<(DocumentKey Key, DateTime? Kept)>();
        foreach (var change in changes)
        {
            var before = stored.GetValueOrDefault(change.Key);
            if (Compute(change, before, bySite[change.Key.SiteId], marks) is not { } write)
                continue;
            if (before is { IsRetracted: false } && (write.Contribution is null || IsElsewhere(write.Facts, before)))
                misplaced.Add((change.Key, write.Facts?.StartedAt));
            if (before?.Contribution is { } old)
                deltas.Add(change.Key, before.ConfigurationVersion, old, -1);
            else if (before is { IsRetracted: false })
                Log.Unreadable(logger, change.Key.SiteId);
            if (write.Contribution is { } added)
                deltas.Add(change.Key, write.ConfigurationVersion, added, 1);
            (before is null ? inserts : updates).Add(write);
        }

        if (!await WriteAsync(connection, updates, inserts, misplaced, deltas, cancellationToken))
            return null;
        await transaction.CommitAsync(cancellationToken);
        return updates.Count + inserts.Count;
    }

    /// <summary>What is to be stored of the session; null: nothing changes.</summary>
    private static DocumentWrite? Compute(
        Change change,
        StoredDocument? before,
        SiteConfiguration configuration,
        Dictionary<(string SiteId, string VisitorId), bool> marks)
    {
        if (change.IsRecount)
        {
            return before is { Document: { } document } && before.ConfigurationVersion < configuration.Version
                ? Counted(document, before.Revision)
                : null;
        }

        if (before is not null && before.Revision >= change.Revision && before.Revision != change.Replaces)
            return null;
        return change.Document is null
            ? new(change, change.Revision, configuration.Version, Contribution: null, FactsDigest: 0, Facts: null)
            : Counted(change.Document, change.Revision);

        DocumentWrite Counted(SessionDocument document, int revision)
        {
            bool? mark = marks.TryGetValue((change.Key.SiteId, change.Key.VisitorId), out var isBot) ? isBot : null;
            var digest = FactsDigest.Of(document, configuration.TimeZone, mark);
            // What is repaired may be the facts themselves.
            var isSame = digest == before?.FactsDigest && change.Replaces is null;
            return new(
                change,
                revision,
                configuration.Version,
                Contributor.Compute(document, configuration),
                digest,
                isSame ? null : FactFinder.Find(change.Key, document, configuration.TimeZone, mark));
        }
    }

    private static bool IsElsewhere(SessionFacts? facts, StoredDocument before) =>
        facts is not null && facts.StartedAt != before.StartedAt;

    private async Task<Dictionary<string, SiteConfiguration>> ConfigurationsOfAsync(
        IReadOnlyCollection<Change> changes, CancellationToken cancellationToken)
    {
        var bySite = new Dictionary<string, SiteConfiguration>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            var siteId = change.Key.SiteId;
            if (!bySite.ContainsKey(siteId))
            {
                bySite[siteId] = await configurations.FindAsync(siteId, cancellationToken)
                    ?? throw new InvalidOperationException($"A session of the site '{siteId}', which does not exist.");
            }
        }

        return bySite;
    }

    private async Task<Locked?> LockAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<Change> changes,
        Dictionary<string, SiteConfiguration> bySite,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(SiteLock.Shared(bySite.Keys));
        batch.BatchCommands.Add(Documents.Lock(changes));
        // As one object: an array of strings would pass for the list of parameters.
        batch.BatchCommands.Add(Sql.Command(VersionsSql, (object)bySite.Keys.ToArray()));
        batch.BatchCommands.Add(BotMarks.Find(changes.Select(change => change.Key)));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var stored = await Documents.ReadAsync(reader, cancellationToken);

        await reader.NextResultAsync(cancellationToken);
        var isCurrent = true;
        while (await reader.ReadAsync(cancellationToken))
        {
            var siteId = reader.GetString(0);
            if (bySite[siteId].Version == reader.GetInt32(1))
                continue;
            configurations.Forget(siteId);
            isCurrent = false;
        }

        await reader.NextResultAsync(cancellationToken);
        return isCurrent ? new Locked(stored, await BotMarks.ReadAsync(reader, cancellationToken)) : null;
    }

    private static async Task<bool> WriteAsync(
        NpgsqlConnection connection,
        List<DocumentWrite> updates,
        List<DocumentWrite> inserts,
        List<(DocumentKey Key, DateTime? Kept)> misplaced,
        Deltas deltas,
        CancellationToken cancellationToken)
    {
        if (updates.Count + inserts.Count == 0)
            return true;
        await using var batch = new NpgsqlBatch(connection);
        var insert = Documents.Insert(inserts);
        if (inserts.Count > 0)
            batch.BatchCommands.Add(insert);
        if (updates.Count > 0)
            batch.BatchCommands.Add(Documents.Update(updates));
        foreach (var command in Aggregates.Add(deltas))
            batch.BatchCommands.Add(command);
        SessionFacts[] facts = [.. inserts.Concat(updates).Select(write => write.Facts).OfType<SessionFacts>()];
        if (facts.Length + misplaced.Count > 0)
            batch.BatchCommands.Add(FactTable.Write(facts, misplaced));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return inserts.Count == 0 || insert.RecordsAffected == inserts.Count;
    }

    /// <summary>What is stored, locked, and what was said of its visitors.</summary>
    private sealed record Locked(
        Dictionary<DocumentKey, StoredDocument> Stored, Dictionary<(string SiteId, string VisitorId), bool> Marks);

    private static partial class Log
    {
        [LoggerMessage(3301, LogLevel.Error,
            "Site {Site}: what a session was counted as is unreadable, so its aggregates are off; repair by an audit")]
        public static partial void Unreadable(ILogger logger, string site);
    }
}
