using Npgsql;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;
using static SessionPlatform.Contracts.Sessions.V1.ExplainedEvent.Types;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;

namespace SessionPlatform.Sessionizer.Explaining;

/// <summary>
/// Says why a session is what it is, by walking its events again, from the end of the session before to the beginning
/// of the one behind.
/// </summary>
internal sealed class SessionExplainer(NpgsqlDataSource dataSource, RulesTimelines timelines)
{
    private const int MostEvents = 2000;

    /// <summary>The explanation; null: the site never had a session of this id.</summary>
    public async Task<ExplainSessionResponse?> ExplainAsync(
        string siteId, Guid sessionId, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var surroundings = await SessionSurroundings.ReadAsync(
            connection, siteId, sessionId, MostEvents, cancellationToken);
        if (surroundings is null)
            return null;
        var versions = new Dictionary<string, SiteVersions> { [siteId] = surroundings.Versions };
        var rules = (await timelines.GetAsync(connection, versions, cancellationToken))[siteId];

        var record = surroundings.Record;
        var response = new ExplainSessionResponse
        {
            Session = record.ToDocument().Session,
            Retracted = record.Retracted,
            RulesVersion = rules.VersionAt(record.Address.StartedAt).Version,
            Revisions = { RevisionHistory.Read(record.History) },
        };
        if (record.Retracted)
        {
            response.Start = "it was retracted: its events belong to other sessions now";
            response.End = response.Start;
            response.NowIn.AddRange(surroundings.NowIn.Select(SessionIds.Format));
        }
        else
        {
            Walk(response, surroundings, rules);
        }

        return response;
    }

    private static void Walk(ExplainSessionResponse response, SessionSurroundings surroundings, RulesTimeline rules)
    {
        var record = surroundings.Record;
        var previous = surroundings.Previous?.Resume(rules);
        SessionAccumulator? session = null;
        foreach (var e in surroundings.Events)
        {
            var key = EventKey.Of(e);
            if (session is null)
            {
                response.Events.Add(Explain(previous, e, record.StartReason, surroundings));
                response.Start = response.Events[0].Why;
                session = new SessionAccumulator(rules.At(key.OccurredAt));
            }
            else
            {
                response.Events.Add(Explain(session, e, SessionBoundary.Reason(session, e, key), surroundings));
            }

            session.Append(e, key);
        }

        var whole = record.Resume(rules);
        if (surroundings.Next is { } next)
        {
            var reason = SessionBoundary.Reason(whole, next, EventKey.Of(next));
            response.Events.Add(Explain(whole, next, reason, surroundings));
            response.End = $"the next event started another session: {response.Events[^1].Why}";
        }
        else
        {
            response.End = EndOf(record, whole);
        }

        MarkLate(response.Events);
    }

    private static string EndOf(SessionRecord record, SessionAccumulator session)
    {
        var timeout = BoundaryWords.Span(session.Rules.Timeout);
        if (record.EndReason == BoundaryReason.Explicit)
            return "it holds a session_end";
        return record.Closed
            ? $"nothing followed within the timeout of {timeout}"
            : $"it is open: it ends {timeout} after its last event unless another one comes";
    }

    private static ExplainedEvent Explain(
        SessionAccumulator? session, AcceptedEvent e, BoundaryReason reason, SessionSurroundings surroundings)
    {
        var id = new Guid(e.EventId.Span, bigEndian: true);
        var explained = new ExplainedEvent
        {
            EventId = id.ToString("D"),
            Kind = e.Event.Kind,
            Name = e.Event.Name,
            Path = e.Path,
            At = Microseconds.ToTimestamp(e.OccurredAt),
            ReceivedAt = Microseconds.ToTimestamp(e.ReceivedAt),
            ClockClamped = e.ClockClamped,
            Duplicates = (uint)surroundings.Duplicates.GetValueOrDefault(id),
            Decision = reason == SessionBoundary.Continues ? Decision.Continues : Decision.Starts,
            Why = BoundaryWords.Why(session, e, reason),
        };
        if (reason != SessionBoundary.Continues)
            explained.StartReason = reason;
        return explained;
    }

    // Late is what was received after something that happened later.
    private static void MarkLate(IList<ExplainedEvent> events)
    {
        Google.Protobuf.WellKnownTypes.Timestamp? earliest = null;
        foreach (var e in events.Reverse())
        {
            e.Late = earliest is not null && e.ReceivedAt > earliest;
            if (earliest is null || e.ReceivedAt < earliest)
                earliest = e.ReceivedAt;
        }
    }
}
