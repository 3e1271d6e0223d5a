using System.Runtime.CompilerServices;
using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Funnels.Attempts;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.Funnel.Reports.FunnelReports.Counting;
using SessionPlatform.Funnel.Reports.FunnelReports.Scanning;
using SessionPlatform.Funnel.Segments;

namespace SessionPlatform.Funnel.Reports.FunnelReports;

/// <summary>
/// Streams the sessions of a question from their documents, person by person, for answers that name actors and list
/// their other events.
/// </summary>
internal sealed class ActorReader(FunnelQuestion question, FunnelNeeds needs, FunnelReportOptions bounds)
{
    private const int PersonColumn = 0;
    private const int VisitorColumn = 1;
    private const int SessionColumn = 2;
    private const int StartColumn = 3;
    private const int SelectedColumn = 4;
    private const int ConditionsColumn = 5;
    private const int DocumentColumn = 6;

    private readonly FunnelPlan plan = question.Plan;
    private readonly bool keepsAll = question.Plan.Shape.Order == FunnelShape.Kind.Strict;
    private readonly bool looksBack = question.Plan.FirstTimeOnly != 0;

    /// <summary>Streams sessions grouped by person.</summary>
    private bool IsByPerson => plan.Unit != Unit.Session || looksBack || needs.OfVisitor is not null;

    public async IAsyncEnumerable<Actor> ReadAsync(
        NpgsqlConnection connection, ReportSpan span, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var maker = new ActorMaker(plan);
        var sessions = new List<ActorSession>();
        var (person, read, events) = ("", 0, 0);
        await foreach (var row in ReportDatabase.RowsAsync(connection, Select(span), cancellationToken))
        {
            if (++read > bounds.MaxSessions)
                throw TooLarge.Of(bounds.MaxSessions, "sessions");
            var next = row.GetString(PersonColumn);
            if (sessions.Count > 0 && (!IsByPerson || next != person))
            {
                foreach (var actor in maker.Make(person, sessions))
                    yield return actor;
                sessions.Clear();
                events = 0;
            }

            person = next;
            var session = Read(row);
            events += session.Events.Count;
            if (events > bounds.MaxActorEvents)
                throw TooLarge.Of(bounds.MaxActorEvents, "events of one visitor or user");
            sessions.Add(session);
        }

        if (sessions.Count == 0)
            yield break;
        foreach (var actor in maker.Make(person, sessions))
            yield return actor;
    }

    private ActorSession Read(NpgsqlDataReader row)
    {
        var startedAt = row.GetDateTime(StartColumn);
        var conditions = row.GetFieldValue<bool[]>(ConditionsColumn);
        // A corrupt document counts as empty here; an audit finds and repairs it.
        var timeline = Timelines.Read(row.GetFieldValue<byte[]>(DocumentColumn)) ?? [];
        return new ActorSession(
            row.GetGuid(SessionColumn),
            row.GetString(VisitorColumn),
            startedAt,
            row.GetBoolean(SelectedColumn),
            Marked(timeline, startedAt, conditions),
            needs.WithTimelines ? timeline : null);
    }

    private List<MarkedEvent> Marked(List<TimelineEvent> timeline, DateTime startedAt, bool[] conditions)
    {
        var events = new List<MarkedEvent>();
        for (var number = 0; number < timeline.Count; number++)
        {
            var happened = timeline[number];
            var marks = plan.Mark(happened, conditions);
            var page = needs.WithPages && happened.Kind == EcommerceFunnel.PageView ? happened.Path : null;
            if (marks == default && page is null && !keepsAll)
                continue;
            var at = happened.At?.ToDateTime() ?? startedAt;
            events.Add(new MarkedEvent(at.Ticks, Session: 0, number, marks, NotFirst: 0, page));
        }

        return events;
    }

    private NpgsqlBatchCommand Select(ReportSpan span)
    {
        var parameters = new SqlParameters();
        var site = parameters.Add(question.Site.SiteId);
        var persons = PersonSql.Of(plan.Unit, site);
        var selected = SegmentSql.Condition(parameters, question.Site.SiteId, span, question.Segment);
        var conditions = plan.Conditions.Select(filters => $"({SegmentSql.Conditions(parameters, filters)})");
        var isSelected = looksBack ? $"({selected})" : "true";
        var isRead = looksBack
            ? $"""
               f.site_id = {site} AND {persons.Person} IN (
                   SELECT {persons.Person} FROM session_facts AS f{persons.Joins} WHERE {selected})
               """
            : selected;
        if (needs.OfVisitor is { } visitor)
        {
            isRead += $"""
                 AND {persons.Person} = (
                    SELECT {persons.Person} FROM session_facts AS f{persons.Joins}
                    WHERE f.site_id = {site} AND f.visitor_id = {parameters.Add(visitor)} LIMIT 1)
                """;
        }

        return parameters.ToCommand(
            $"""
            SELECT {persons.Person}, f.visitor_id, f.session_id, f.started_at, {isSelected},
                ARRAY[{string.Join(", ", conditions)}]::boolean[], d.document
            FROM session_facts AS f{persons.Joins}
            JOIN session_documents AS d
                ON d.site_id = f.site_id AND d.visitor_id = f.visitor_id AND d.session_id = f.session_id
            WHERE {isRead}{(IsByPerson ? $"\nORDER BY {persons.Person}" : "")}
            """);
    }
}
