using System.Runtime.CompilerServices;
using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Matching;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Retention;

/// <summary>What a report wants to know of sessions.</summary>
/// <param name="Target">The first pattern of events; null: any.</param>
/// <param name="Returning">The second one; null: any.</param>
/// <param name="Intervals">Events in them are read.</param>
/// <param name="SinceEver">Those before the first interval, too.</param>
/// <param name="WithTimes">When each single event was, even where both patterns are met by any.</param>
/// <param name="Breakdown">Whose value is read of each session.</param>
internal sealed record ActivitySelection(
    string SiteId,
    Segment? Segment,
    EventPattern? Target,
    EventPattern? Returning,
    Intervals Intervals,
    bool SinceEver,
    bool WithTimes = false,
    Dimension.Types.Name Breakdown = Dimension.Types.Name.Unspecified);

/// <summary>A session whose events matter.</summary>
/// <param name="Person">Who is counted.</param>
/// <param name="Value">Of the breakdown.</param>
/// <param name="Happened">Read until the next session is.</param>
internal readonly record struct ActiveSession(string Person, string Value, IReadOnlyList<Happening> Happened);

/// <summary>Events at one time.</summary>
/// <param name="IsTarget">They match the first pattern.</param>
/// <param name="IsReturn">They match the second.</param>
/// <param name="Times">How many there are.</param>
internal readonly record struct Happening(DateTime At, bool IsTarget, bool IsReturn, int Times = 1);

/// <summary>
/// Reads sessions one by one, as they come from the database, in the order of their begin. Documents are read only
/// where the facts of a session do not tell which of its events are in which interval.
/// </summary>
internal static class ActivityReader
{
    private const int HourSeconds = 3600;

    public static async IAsyncEnumerable<ActiveSession> ReadAsync(
        NpgsqlConnection connection,
        ActivitySelection selection,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var happened = new List<Happening>();
        await foreach (var row in ReportDatabase.RowsAsync(connection, Select(selection), cancellationToken))
        {
            happened.Clear();
            var (isTarget, isReturn) = (row.GetBoolean(2), row.GetBoolean(3));
            if (Readable.Document(Sql.Bytes(row, 7)) is { } document)
                AddEvents(happened, document, selection, isTarget, isReturn);
            else
                AddEnds(happened, row, isTarget && selection.Target is null, isReturn && selection.Returning is null);
            yield return new ActiveSession(row.GetString(0), row.GetString(1), happened);
        }
    }

    private static void AddEvents(
        List<Happening> happened, SessionDocument document, ActivitySelection selection, bool isTarget, bool isReturn)
    {
        var start = document.Session.StartedAt;
        foreach (var each in document.Timeline)
        {
            var one = new Happening(
                (each.At ?? start).ToDateTime(),
                isTarget && (selection.Target?.Matches(each) ?? true),
                isReturn && (selection.Returning?.Matches(each) ?? true));
            if (one.IsTarget || one.IsReturn)
                happened.Add(one);
        }

        // Of the events beyond those that are kept only the last one's time is known.
        if (document.Session.Events > document.Timeline.Count && document.Session.EndedAt is { } end)
        {
            var last = new Happening(
                end.ToDateTime(), isTarget && selection.Target is null, isReturn && selection.Returning is null);
            if (last.IsTarget || last.IsReturn)
                happened.Add(last);
        }
    }

    /// <summary>The first event, and the last one: all of them are in one interval.</summary>
    private static void AddEnds(List<Happening> happened, NpgsqlDataReader row, bool isTarget, bool isReturn)
    {
        if (!isTarget && !isReturn)
            return;
        var events = row.GetInt32(6);
        if (events > 1)
            happened.Add(new Happening(row.GetDateTime(4), isTarget, isReturn, events - 1));
        happened.Add(new Happening(row.GetDateTime(5), isTarget, isReturn));
    }

    private static NpgsqlBatchCommand Select(ActivitySelection selection)
    {
        var parameters = new SqlParameters();
        var persons = Identity.PersonSql.Of(parameters, selection.SiteId, selection.Segment);
        var value = SessionDimension.Find(selection.Breakdown)?.Value ?? "''";
        var (target, returning) = (Possible(parameters, selection.Target), Possible(parameters, selection.Returning));
        var site = parameters.Add(selection.SiteId);
        return parameters.ToCommand(
            $"""
            SELECT {persons.Person}, {value}, {target}, {returning}, f.started_at, f.ended_at, f.events,
                CASE WHEN {NeedsDocument(parameters, selection, target, returning)} THEN (
                    SELECT d.document FROM session_documents AS d
                    WHERE d.site_id = {site} AND d.visitor_id = f.visitor_id AND d.session_id = f.session_id) END
            FROM session_facts AS f{persons.Joins}
            WHERE f.site_id = {site} AND f.started_at < {parameters.Add(selection.Intervals.End)}
                AND ({target} OR {returning}){Since(parameters, selection)}
                {SegmentSql.Condition(parameters, selection.Segment)}
            ORDER BY f.started_at, f.session_id
            """);
    }

    private static string Since(SqlParameters parameters, ActivitySelection selection)
    {
        if (selection.SinceEver)
            return "";
        var first = selection.Intervals.Begins[0];
        var hour = (int)Math.Floor((first - DateTime.UnixEpoch).TotalSeconds / HourSeconds);
        return $" AND f.ended_hour >= {parameters.Add(hour)} AND f.ended_at >= {parameters.Add(first)}";
    }

    /// <summary>Whether the session can have an event that matches.</summary>
    private static string Possible(SqlParameters parameters, EventPattern? pattern)
    {
        if (pattern is null)
            return "true";
        var conditions = SegmentSql.Conditions(parameters, pattern.Session);
        if (pattern.Kind is { } kind)
            conditions += $" AND {parameters.Add(kind)} = ANY (f.event_kinds)";
        if (pattern.EventName is { } name)
            conditions += $" AND {parameters.Add(name)} = ANY (f.event_names)";
        return $"({conditions})";
    }

    private static string NeedsDocument(
        SqlParameters parameters, ActivitySelection selection, string target, string returning)
    {
        var needs = new List<string>();
        if (selection.Target is not null)
            needs.Add(target);
        if (selection.Returning is not null)
            needs.Add(returning);
        if (selection.Target is null || selection.Returning is null)
        {
            var begins = parameters.Add(selection.Intervals.Begins);
            needs.Add(
                $"width_bucket(f.started_at, {begins}::timestamptz[]) "
                + $"<> width_bucket(f.ended_at, {begins}::timestamptz[])");
            needs.Add($"f.ended_at >= {parameters.Add(selection.Intervals.End)}");
        }

        return selection.WithTimes ? "true" : string.Join(" OR ", needs);
    }
}
