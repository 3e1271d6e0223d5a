using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Oracle;
using SessionPlatform.Sessionizer.Reading;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Auditing;

/// <summary>
/// Whether just one session of each visitor is the first, where clients decide the sessions: a visitor's are spread
/// over all streams, so it is compared once they are all read. Holds an entry for each visitor, and nothing elsewhere.
/// </summary>
internal sealed class VisitorFirstsCheck
{
    private readonly Dictionary<string, (OracleSession Session, (long, long, UInt128) Place)> _expected =
        new(StringComparer.Ordinal);

    private readonly Dictionary<Guid, SessionAddress> _stored = [];

    public void AddExpected(OracleSession session)
    {
        var place = session.Events[0].Place;
        if (!_expected.TryGetValue(session.VisitorId, out var first) || place.CompareTo(first.Place) < 0)
            _expected[session.VisitorId] = (session with { Events = [] }, place);
    }

    public void AddStored(SessionRecord record)
    {
        if (record.IsNew)
            _stored[record.Address.SessionId] = record.Address;
    }

    public IEnumerable<(string StreamKey, AuditDifference Difference)> Differences(TimeRange? range)
    {
        foreach (var (first, _) in _expected.Values)
        {
            if (!_stored.Remove(first.SessionId) && TimeRanges.Holds(range, first.StartedAt))
                yield return (first.StreamKey, HistoryComparison.Of(first.SessionId, "session.is_new", "false", "true"));
        }

        foreach (var stored in _stored.Values.Where(stored => TimeRanges.Holds(range, stored.StartedAt)))
        {
            yield return (
                stored.Stream.StreamKey, HistoryComparison.Of(stored.SessionId, "session.is_new", "true", "false"));
        }
    }
}
