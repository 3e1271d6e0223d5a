using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Documents;
using Phase = SessionPlatform.Contracts.Jobs.V1.AuditProgress.Types.Phase;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>
/// Compares stored documents with the sessions of the Sessionizer, a few hundred at a time. Facts may be in transit, so
/// a document that merely lags is a suspect, and is reported only if it still lags after several checks. Each audit
/// uses a new instance.
/// </summary>
/// <param name="patience">The time to wait before suspects are checked again.</param>
internal sealed class DocumentAudit(
    AuditRequest request,
    DocumentSource source,
    DocumentRows rows,
    Applier applier,
    AuditReport report,
    TimeProvider time,
    TimeSpan patience)
{
    private const int Chunk = 500;
    private const int Looks = 5;

    // Bound the memory; when a limit is reached, suspects are checked before the audit continues.
    private const int MaxSuspects = 5_000;
    private const int MaxSuspectBytes = 16 * 1024 * 1024;

    // Bounds the total wait when there are many suspects, for example after a loss of the whole database.
    private int pausesLeft = 30;

    private readonly Dictionary<DocumentKey, Suspect> suspects = [];
    private readonly Dictionary<DateOnly, long> live = [];
    private readonly List<Change> repairs = [];
    private int suspectBytes;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var stored = await rows.CountAsync(cancellationToken);
        var total = (ulong)stored.Values.Sum();
        await report.ProgressAsync(Phase.Documents, 0, total);
        await foreach (var documents in source.StreamAsync(request.SiteId, request.Range, null, cancellationToken))
        {
            foreach (var chunk in documents.Chunk(Chunk))
                await CompareAsync(chunk, cancellationToken);
            report.Summary.Documents += (ulong)documents.Count;
            await report.ProgressAsync(
                Phase.Documents, report.Summary.Documents, Math.Max(total, report.Summary.Documents));
        }

        await SettleAsync(cancellationToken);
        await FindExtrasAsync(cancellationToken);
    }

    private async Task CompareAsync(SessionDocument[] documents, CancellationToken cancellationToken)
    {
        var byKey = new Dictionary<DocumentKey, SessionDocument>();
        foreach (var document in documents)
            byKey[Change.Repair(document, null).Key] = document;
        var found = await rows.FindAsync(byKey.Keys, cancellationToken);
        foreach (var (key, document) in byKey)
            await JudgeAsync(key, new Suspect(document), found.GetValueOrDefault(key), cancellationToken);
        await ApplyRepairsAsync(cancellationToken);
        if (suspects.Count >= MaxSuspects || suspectBytes >= MaxSuspectBytes)
            await SettleAsync(cancellationToken);
    }

    /// <summary>Clears a session, makes it a suspect, or reports it.</summary>
    private async Task JudgeAsync(
        DocumentKey key, Suspect suspect, DocumentRow? row, CancellationToken cancellationToken)
    {
        var (expected, looks) = suspect;
        if (row is not null && (expected is null || row.Revision > expected.Session.Revision))
        {
            // Facts are published after they are stored, so the current answer of the Sessionizer is at least as new.
            var now = await FindAsync(key, cancellationToken);
            // The stored document is newer than the streamed one. Anything it lacks is newer than this audit.
            if (expected is not null && now?.Session.Revision > row.Revision)
            {
                Count(null, row);
                return;
            }

            // The expectation changed, so the checks start over.
            if (now is null != expected is null)
                looks = 0;
            expected = now;
        }

        // A session that no longer exists leaves a tombstone or no row.
        if (expected is null && row is null or { IsRetracted: true })
            return;
        var standing = expected is null ? Standing.Behind : DocumentComparison.Compare(expected, row);
        var isLast = looks >= Looks || (looks > 0 && pausesLeft == 0);
        if (standing == Standing.Behind && !isLast)
        {
            suspects[key] = new Suspect(expected, looks);
            suspectBytes += expected?.CalculateSize() ?? 0;
            return;
        }

        var isRepaired = request.Repair && standing != Standing.Same;
        if (standing != Standing.Same)
            await ReportAsync(key, expected, row);
        Count(isRepaired ? expected : null, isRepaired ? null : row);
    }

    /// <summary>Checks the suspects until they are cleared or the number of checks is exhausted.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        while (suspects.Count > 0)
        {
            if (pausesLeft > 0)
            {
                pausesLeft--;
                await Task.Delay(patience, time, cancellationToken);
            }

            var looked = suspects.ToArray();
            suspects.Clear();
            suspectBytes = 0;
            foreach (var chunk in looked.Chunk(Chunk))
            {
                var found = await rows.FindAsync([.. chunk.Select(entry => entry.Key)], cancellationToken);
                foreach (var (key, suspect) in chunk)
                {
                    var again = suspect with { Looks = suspect.Looks + 1 };
                    await JudgeAsync(key, again, found.GetValueOrDefault(key), cancellationToken);
                }

                await ApplyRepairsAsync(cancellationToken);
            }
        }
    }

    /// <summary>
    /// Finds documents without a session. It searches only days on which the number of documents differs from that of
    /// sessions.
    /// </summary>
    private async Task FindExtrasAsync(CancellationToken cancellationToken)
    {
        var stored = await rows.CountAsync(cancellationToken);
        foreach (var day in stored.Keys.Where(day => stored[day] != live.GetValueOrDefault(day)).Order())
        {
            // Documents are read before sessions, so that a session that arrives in between is no suspect.
            var extras = await rows.OfDayAsync(day, cancellationToken);
            var (start, end) = rows.Span(day);
            var range = new TimeRange { From = start.ToTimestamp(), To = end.ToTimestamp() };
            await foreach (var documents in source.StreamAsync(request.SiteId, range, null, cancellationToken))
            {
                foreach (var document in documents)
                    extras.Remove(Change.Repair(document, null).Key);
            }

            foreach (var chunk in extras.Chunk(Chunk))
            {
                var found = await rows.FindAsync(chunk, cancellationToken);
                foreach (var key in chunk)
                    await JudgeAsync(key, new Suspect(null), found.GetValueOrDefault(key), cancellationToken);
                await ApplyRepairsAsync(cancellationToken);
                if (suspects.Count >= MaxSuspects)
                    await SettleAsync(cancellationToken);
            }
        }

        await SettleAsync(cancellationToken);
    }

    private async Task<SessionDocument?> FindAsync(DocumentKey key, CancellationToken cancellationToken)
    {
        var found = await source.FindAsync(key.SiteId, key.SessionId, cancellationToken);
        // An equal id of another visitor is another row.
        return found is not null && Change.Repair(found, null).Key == key ? found : null;
    }

    private async Task ReportAsync(DocumentKey key, SessionDocument? expected, DocumentRow? row)
    {
        var differences = expected is null
            ? [("", DocumentComparison.Describe(row!), null)]
            : DocumentComparison.Differences(expected, row);
        foreach (var (field, stored, recomputed) in differences)
        {
            await report.DifferenceAsync(
                AuditDifference.Types.Kind.Document, key.SessionId.ToString("D"), field, stored, recomputed);
        }

        if (request.Repair)
        {
            repairs.Add(expected is null
                ? Change.Retract(key, row!.StartedAt, row.Revision)
                : Change.Repair(expected, row?.Revision));
        }
    }

    private async Task ApplyRepairsAsync(CancellationToken cancellationToken)
    {
        if (repairs.Count == 0)
            return;
        report.Summary.Repaired += (ulong)await applier.ApplyAsync(repairs, cancellationToken);
        repairs.Clear();
    }

    /// <summary>Counts a stored session by day, to detect days with documents that have no session.</summary>
    private void Count(SessionDocument? repaired, DocumentRow? row)
    {
        var startedAt = row is { IsRetracted: false } ? row.StartedAt : repaired?.Session.StartedAt.ToDateTime();
        if (startedAt is not { } start || !rows.IsInRange(start))
            return;
        var day = DateOnly.FromDateTime(start);
        live[day] = live.GetValueOrDefault(day) + 1;
    }

    /// <param name="Expected">The expected document; null when there should be none.</param>
    /// <param name="Looks">The number of checks so far.</param>
    private sealed record Suspect(SessionDocument? Expected, int Looks = 0);
}
