using System.Globalization;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Sessions.V1;
using Spectre.Console;

namespace SessionPlatform.Cli.Output;

/// <summary>Formats the explanation of a session as tables.</summary>
internal static class ExplainTables
{
    // From this width, there is room for long paths and for the times of receipt.
    private const int Wide = 140;

    // The server's sentences contain campaigns and referrers, so they can be as long as those.
    private const int SentenceLength = 400;

    // The length of "2026-03-01".
    private const int DayLength = 10;

    /// <summary>Lists the fields of the session and why it began and ended.</summary>
    public static DataTable Of(ExplainSessionResponse answer)
    {
        var session = answer.Session;
        var table = new DataTable("Session", session.SessionId);
        table.Wrap(1);
        if (answer.Retracted)
        {
            table.Row("Retracted", "It is no more. What follows is what it was last.");
            table.Row("Events are in", answer.NowIn.Count > 0 ? string.Join('\n', answer.NowIn) : "–");
        }

        table.Row("Visitor", Show.Foreign(session.VisitorId, 64));
        table.Row("Began (UTC)", Show.Time(session.StartedAt));
        table.Row("", Sentence(answer.Start));
        // An open session has no end yet, only a last event.
        table.Row(session.HasEndReason ? "Ended (UTC)" : "Last event (UTC)", Show.Time(session.EndedAt));
        table.Row("", Sentence(answer.End));
        table.Row("Duration", Show.Duration(session.Duration));
        table.Row("Page views", $"{Show.Count(session.PageViews)} of {Show.Count(session.Events)} events");
        table.Row("It is", SessionTables.MarksOf(session));
        table.Row("Revision", Show.Count(session.Revision));
        table.Row("Rules version", Show.Count(answer.RulesVersion));
        return table;
    }

    /// <summary>
    /// Lists each event and, below it, the rule that placed it in the session: a column for the rule would fit only the
    /// widest windows.
    /// </summary>
    public static DataTable Of(IReadOnlyList<ExplainedEvent> events, int width)
    {
        var isWide = width >= Wide;
        var day = DayOf(events);
        var hasMarks = events.Any(each => MarksOf(each).Length > 0);
        var kinds = events.Select(each => EventOf(each, isWide ? 32 : 20)).ToArray();
        var longest = kinds.Max(kind => kind.Length);
        List<string> columns = [day is null ? "Time (UTC)" : $"{day} UTC", "Event and rule"];
        if (hasMarks)
            columns.Add("Arrived");
        if (isWide)
            columns.Add("Received (UTC)");
        var table = new DataTable([.. columns]);
        table.Wrap(1);
        for (var place = 0; place < events.Count; place++)
        {
            var each = events[place];
            var time = Show.Time(each.At);
            var path = each.Path.Length > 0 ? Show.Foreign(each.Path, isWide ? 80 : 32) : "";
            var rule = $"{DecisionOf(each, isFirst: place == 0)}: {Sentence(each.Why)}";
            List<string> cells =
            [
                day is null ? time : time[DayLength..].TrimStart(),
                $"{kinds[place].PadRight(longest)}  {path}".TrimEnd() + $"\n{rule}",
            ];
            if (hasMarks)
                cells.Add(MarksOf(each));
            if (isWide)
                cells.Add(Show.Time(each.ReceivedAt));
            table.Row(cells);
        }

        return table;
    }

    /// <summary>Lists what caused each revision.</summary>
    public static DataTable Of(IEnumerable<SessionRevision> revisions)
    {
        var table = new DataTable(">Revision", "Stored (UTC)", ">New events", "Cause");
        table.Wrap(3);
        foreach (var each in revisions)
        {
            table.Row(
                each.FirstRevision == each.LastRevision
                    ? Show.Count(each.FirstRevision)
                    : $"{Show.Count(each.FirstRevision)}–{Show.Count(each.LastRevision)}",
                each.At is null ? "–" : Show.Time(each.At),
                Show.Count(each.NewEvents),
                CauseOf(each));
        }

        return table;
    }

    // The day that all events share; it becomes the title of the column, and the times need half the width.
    private static string? DayOf(IEnumerable<ExplainedEvent> events)
    {
        var days = events.Select(each => Show.Time(each.At)[..DayLength]).Distinct().Take(2).ToArray();
        return days.Length == 1 ? days[0] : null;
    }

    private static string EventOf(ExplainedEvent each, int length) =>
        Show.Foreign(each.Name.Length > 0 ? $"{each.Kind} {each.Name}" : each.Kind, length);

    // The event that started the next session follows the session's own events.
    private static string DecisionOf(ExplainedEvent each, bool isFirst) => each.Decision switch
    {
        ExplainedEvent.Types.Decision.Continues => "goes on",
        ExplainedEvent.Types.Decision.Starts => isFirst ? "starts it" : "starts the next session",
        _ => "decided",
    };

    private static string MarksOf(ExplainedEvent each)
    {
        var marks = new List<string>();
        if (each.Late)
            marks.Add("late");
        if (each.ClockClamped)
            marks.Add("clamped");
        if (each.Duplicates > 0)
            marks.Add(string.Create(CultureInfo.InvariantCulture, $"sent again {each.Duplicates:N0}×"));
        return string.Join(", ", marks);
    }

    private static string CauseOf(SessionRevision revision)
    {
        var cause = revision.Cause switch
        {
            SessionRevision.Types.Cause.NewerEvents => "newer events",
            SessionRevision.Types.Cause.LateEvents => "late events",
            SessionRevision.Types.Cause.Closed => "closed: its timeout passed",
            SessionRevision.Types.Cause.Neighbour => "late events before it: start reason or first session changed",
            SessionRevision.Types.Cause.RuleChange => "history recomputed by changed rules",
            SessionRevision.Types.Cause.Repair => "mended by an audit",
            SessionRevision.Types.Cause.Earlier => "earlier causes, summed up",
            _ => Words.Of(revision.Cause),
        };
        if (revision.IsRetraction)
            cause += "; this session is no more";
        return revision.Retracted.Count == 0
            ? cause
            : $"{cause}; retracted into it:\n{string.Join('\n', revision.Retracted)}";
    }

    private static string Sentence(string text) => Show.Foreign(text, SentenceLength);
}
