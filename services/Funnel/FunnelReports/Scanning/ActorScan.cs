using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.FunnelReports.Counting;
using SessionPlatform.Funnel.Metrics;
using static SessionPlatform.Funnel.Columns.FactColumns;

namespace SessionPlatform.Funnel.FunnelReports.Scanning;

/// <summary>
/// Finds the attempts of a question from columns: session by session where each is for itself, or else, when all are read,
/// person by person. Nobody is told who it was.
/// </summary>
internal sealed class ActorScan(
    NpgsqlDataSource dataSource,
    FilterMatcher filterMatcher,
    FactColumnStore scans,
    ColumnCache cache,
    FunnelReportOptions bounds)
{
    /// <param name="connection">With the snapshot of the report.</param>
    /// <param name="breakdown">A dimension that a session has one value of; unspecified: none.</param>
    public async Task CountAsync(
        NpgsqlConnection connection,
        FunnelQuestion question,
        ReportSpan span,
        Dimension.Types.Name breakdown,
        IAttemptTally tally,
        CancellationToken cancellationToken)
    {
        var (site, plan) = (question.Site, question.Plan);
        var looksBack = plan.FirstTimeOnly != 0;
        var marks = new ChunkMarks(MarksOf(question), cache, site.SiteId, plan.Shape);
        OfSession.TryGetValue(breakdown, out var values);
        Column[] columns =
        [
            StartedAt, .. values is null ? (Column[])[] : [values],
            .. SessionFilter.ColumnsOf(question.Segment?.Filters ?? []), .. PersonResolver.ColumnsOf(plan.Unit),
        ];
        // What somebody did for the first time may have been before the period.
        var looked = looksBack ? new ReportSpan(Instants.First, Instants.Last, null) : span;
        var scan = await scans.PlanAsync(connection, site, looked, columns, marks.ColumnsOf, cancellationToken);
        var filter = await SessionFilter.ReadAsync(
            filterMatcher, site.SiteId, span, question.Segment, cancellationToken);
        var persons = await PersonResolver.ReadAsync(connection, dataSource, site.SiteId, plan.Unit, cancellationToken);
        var texts = new BreakdownTexts(dataSource, site.SiteId, values);
        var finder = FinderOf(tally);
        var byPerson = plan.Unit != Unit.Session || looksBack ? new PersonSessions(bounds) : null;
        var sessions = 0L;
        await foreach (var chunk in scan.ReadAsync(cancellationToken))
        {
            var selected = filter.Select(chunk);
            var asked = looksBack ? All(selected.Length) : selected;
            sessions += asked.AsSpan().Count(true);
            if (sessions > bounds.MaxSessions)
                throw TooLarge.Of(bounds.MaxSessions, "sessions");
            var marked = await marks.ReadAsync(connection, chunk, asked, cancellationToken);
            var numbers = await texts.ReadAsync(chunk, cancellationToken);
            var ids = scan.IsInOrder
                ? null
                : (await scan.ReadAsync(chunk, [SessionId], cancellationToken)).Values(SessionId);
            var read = new ScannedChunk(chunk, persons.Of(chunk), asked, selected, numbers, ids, marked);
            if (byPerson is null)
                CountAlone(finder, read);
            else
                byPerson.Add(read);
        }

        if (byPerson is not null)
            await CountByPersonAsync(byPerson, tally, FinderOf, cancellationToken);

        AttemptFinder FinderOf(IAttemptTally of) => new(plan, texts, of, scan.IsInOrder, bounds);
    }

    private static void CountAlone(AttemptFinder finder, ScannedChunk chunk)
    {
        for (var session = 0; session < chunk.Sessions; session++)
        {
            if (chunk.EventsOf(session) > 0)
                finder.Count([chunk.PlaceOf(session)]);
        }
    }

    // PersonResolver have nothing to do with each other, so that each core takes a part of them.
    private async Task CountByPersonAsync(
        PersonSessions byPerson,
        IAttemptTally tally,
        Func<IAttemptTally, AttemptFinder> finderOf,
        CancellationToken cancellationToken)
    {
        var (sessions, begins) = byPerson.ByPerson();
        var parts = Math.Clamp(sessions.Length / bounds.MinSessionsPerCore, 1, Environment.ProcessorCount);
        var counted = new Task<IAttemptTally>[parts];
        var first = 0;
        for (var part = 0; part < parts; part++)
        {
            // Sessions are as many in each, and a person's are all in one.
            var found = Array.BinarySearch(begins, (int)((long)sessions.Length * (part + 1) / parts));
            var persons = first..(part == parts - 1 ? begins.Length - 1 : found < 0 ? ~found : found);
            counted[part] = Task.Run(() => CountPart(persons), cancellationToken);
            first = persons.End.Value;
        }

        foreach (var part in await Task.WhenAll(counted))
            tally.Add(part);

        IAttemptTally CountPart(Range persons)
        {
            var part = tally.CreateEmpty();
            var finder = finderOf(part);
            for (var person = persons.Start.Value; person < persons.End.Value; person++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (begins[person] < begins[person + 1])
                    finder.Count(sessions.AsSpan(begins[person]..begins[person + 1]));
            }

            return part;
        }
    }

    private ITimelineMarks MarksOf(FunnelQuestion question) => question.Plan.BuiltIn is { } builtIn
        ? new StageMarks(dataSource, question.Site, builtIn)
        : new PatternMarks(dataSource, filterMatcher, question.Site.SiteId, question.Plan);

    private static bool[] All(int count)
    {
        var all = new bool[count];
        Array.Fill(all, true);
        return all;
    }
}
