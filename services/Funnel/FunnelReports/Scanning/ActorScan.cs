using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.FunnelReports.Attempts;
using SessionPlatform.Funnel.Metrics;
using static SessionPlatform.Funnel.Columns.FactColumns;

namespace SessionPlatform.Funnel.FunnelReports.Scanning;

/// <summary>
/// Finds the attempts of a question from columns: session by session where each is for itself, or else, when all are read,
/// person by person. Nobody is told who it was.
/// </summary>
internal sealed class ActorScan(
    NpgsqlDataSource dataSource, ReportDatabase database, ColumnScans scans, FunnelReportOptions bounds)
{
    /// <param name="connection">With the snapshot of the report.</param>
    /// <param name="breakdown">A dimension that a session has one value of; unspecified: none.</param>
    public async Task ForEachAsync(
        NpgsqlConnection connection,
        FunnelQuestion question,
        ReportSpan span,
        Dimension.Types.Name breakdown,
        Action<Actor, Attempt> count,
        CancellationToken cancellationToken)
    {
        var (site, plan) = (question.Site, question.Plan);
        var looksBack = plan.FirstTimeOnly != 0;
        var isByPerson = plan.Unit != Unit.Session || looksBack;
        ITimelineMarks marks = plan.BuiltIn is { } builtIn
            ? new StageMarks(dataSource, site.SiteId, builtIn)
            : new PatternMarks(dataSource, database, site.SiteId, plan);
        OfSession.TryGetValue(breakdown, out var values);
        Column[] columns =
        [
            StartedAt, TimelineOffset, .. marks.Columns, .. values is null ? (Column[])[] : [values],
            .. SessionFilter.ColumnsOf(question.Segment?.Filters ?? []), .. Persons.ColumnsOf(plan.Unit),
            .. isByPerson ? [SessionId] : (Column[])[],
        ];
        // What somebody did for the first time may have been before the period.
        var read = looksBack ? new ReportSpan(Instants.First, Instants.Last, null) : span;
        var scan = await scans.PlanAsync(connection, site, read, columns, _ => false, cancellationToken);
        var chunks = new ChunkActors(
            marks,
            await SessionFilter.ReadAsync(database, site.SiteId, span, question.Segment, cancellationToken),
            await Persons.ReadAsync(connection, dataSource, site.SiteId, plan.Unit, cancellationToken),
            new BreakdownTexts(dataSource, site.SiteId, values),
            plan);
        var store = new SessionStore(bounds);
        var matcher = plan.Shape.CreateMatcher();
        var sessions = 0L;
        await foreach (var chunk in scan.ReadAsync(cancellationToken))
        {
            sessions += await chunks.ReadAsync(
                connection, chunk, looksBack, isByPerson ? store.Add : CountSession, cancellationToken);
            if (sessions > bounds.MaxSessions)
                throw TooLarge.Of(bounds.MaxSessions, "sessions");
        }

        var maker = new ActorMaker(plan);
        foreach (var actor in store.ByPerson(cancellationToken).SelectMany(own => maker.Make(person: null, own)))
        {
            if (matcher.Find(actor.Events) is { } attempt)
                count(actor, attempt);
        }

        void CountSession(ScannedSession session, ReadOnlySpan<MarkedEvent> events)
        {
            if (events.Length > bounds.MaxActorEvents)
                throw TooLarge.Of(bounds.MaxActorEvents, "events of one visitor or user");
            if (matcher.Find(events) is not { } attempt)
                return;
            var own = events.ToArray();
            var only = new ActorSession(
                session.Id, new Visitor(session.Visitor), new DateTime(session.StartedAt, DateTimeKind.Utc),
                session.IsSelected, session.Value, own, Timeline: null);
            count(new Actor("", "", [only], own), attempt);
        }
    }
}
