using Google.Protobuf;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Oracle;
using SessionPlatform.Sessionizer.Reading;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Storage;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;

namespace SessionPlatform.Sessionizer.Auditing;

/// <summary>Stored sessions beside those that the oracle makes of the stored events.</summary>
internal sealed class HistoryComparison
{
    // The clock ends sessions: whether it has is compared apart.
    private const long Never = long.MinValue / 2;

    private readonly StoredHistory _history;
    private readonly TimeRange? _range;
    private readonly long _now;
    private readonly VisitorFirstsCheck _firsts;
    private readonly OracleTimeline _rules;

    public HistoryComparison(
        StoredHistory history, TimeRange? range, DateTimeOffset now, VisitorFirstsCheck firsts)
    {
        _history = history;
        _range = range;
        _now = Micros.FromDateTime(now.UtcDateTime);
        _firsts = firsts;
        _rules = new(history.Rules.Select(
            version => new OracleRulesVersion(version.From, OracleRules.From(version.Rules))));
    }

    private bool IsAuthoritative => _rules.Authoritative;

    /// <summary>Whatever is not as it should be, and the key of its stream.</summary>
    public IEnumerable<(string StreamKey, AuditDifference Difference)> Differences()
    {
        foreach (var damaged in _history.Damaged)
            yield return damaged;

        var recomputed = SessionOracle.Sessions(_history.Events.Select(OracleEvent.FromAccepted), _rules, Never)
            .ToDictionary(session => session.SessionId);
        foreach (var (record, columns) in _history.Sessions)
        {
            recomputed.Remove(record.Address.SessionId, out var expected);
            // Twice under one id: the second one finds its counterpart taken.
            foreach (var difference in Compare(record, columns, expected))
                yield return (record.Address.Stream.StreamKey, difference);
        }

        foreach (var missing in recomputed.Values)
        {
            if (IsAuthoritative)
                _firsts.AddExpected(missing);
            if (IsInRange(missing.StartedAt))
                yield return (missing.StreamKey, Of(missing.SessionId, "", null, "a session"));
        }
    }

    private IEnumerable<AuditDifference> Compare(SessionRecord record, string?[] columns, OracleSession? expected)
    {
        var id = record.Address.SessionId;
        if (expected is null)
            return IsInRange(record.Address.StartedAt) ? [Of(id, "", "a session", null)] : [];
        if (IsAuthoritative)
        {
            _firsts.AddExpected(expected);
            _firsts.AddStored(record);
        }

        if (!IsInRange(expected.StartedAt) && !IsInRange(record.Address.StartedAt))
            return [];
        var document = expected.ToDocument();
        document.Session.IsNew = IsAuthoritative ? record.IsNew : document.Session.IsNew;
        if (record.Closed && !document.Session.HasEndReason)
            document.Session.EndReason = BoundaryReason.Timeout;
        return CompareDocument(record, document)
            .Concat(CompareColumns(id, columns, document.Session))
            .Concat(CompareEnd(record, expected));
    }

    private static IEnumerable<AuditDifference> CompareDocument(SessionRecord record, SessionDocument expected)
    {
        SessionDocument stored;
        try
        {
            stored = record.ToDocument();
        }
        catch (Exception damage) when (damage is InvalidProtocolBufferException or InvalidDataException)
        {
            return [Of(record.Address.SessionId, "state", "unreadable", "a session")];
        }

        expected.Session.Revision = stored.Session.Revision;
        expected.Session.Closed = stored.Session.Closed;
        return stored.Equals(expected)
            ? []
            : DocumentDifference.Between(stored, expected).Select(
                difference => Of(record.Address.SessionId, difference.Field, difference.Stored, difference.Recomputed));
    }

    private static IEnumerable<AuditDifference> CompareColumns(Guid id, string?[] stored, Session expected)
    {
        var (columns, should) = (StoredColumnTexts.Normalised(stored), StoredColumnTexts.Of(expected));
        return Enumerable.Range(0, should.Length)
            .Where(i => !string.Equals(columns[i], should[i], StringComparison.Ordinal))
            .Select(i => Of(id, $"column {StoredColumnTexts.Names[i]}", columns[i], should[i]));
    }

    private IEnumerable<AuditDifference> CompareEnd(SessionRecord record, OracleSession expected)
    {
        var id = record.Address.SessionId;
        var overAt = expected.EndedAt + (_rules.At(expected.StartedAt).Timeout.Ticks / TimeSpan.TicksPerMicrosecond);
        if (record.Address.StartedAt != expected.StartedAt)
            yield return Of(id, "column started_at", $"{record.Address.StartedAt}", $"{expected.StartedAt}");
        if (record.Closed && overAt > _now)
            yield return Of(id, "column closed", "true", "false");
        if (!record.Closed && record.OverAt != overAt)
            yield return Of(id, "column over_at", $"{record.OverAt}", $"{overAt}");
    }

    private bool IsInRange(long startedAt) => TimeRanges.Holds(_range, startedAt);

    internal static AuditDifference Of(Guid sessionId, string field, string? stored, string? recomputed)
    {
        var difference = new AuditDifference
        {
            Kind = AuditDifference.Types.Kind.Session, Subject = SessionIds.Format(sessionId), Field = field,
        };
        if (stored is not null)
            difference.Stored = stored;
        if (recomputed is not null)
            difference.Recomputed = recomputed;
        return difference;
    }
}
