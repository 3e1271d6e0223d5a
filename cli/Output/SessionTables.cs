using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Sessions.V1;
using Spectre.Console;

namespace SessionPlatform.Cli.Output;

/// <summary>Formats sessions and their timelines as tables.</summary>
internal static class SessionTables
{
    public static DataTable Of(IReadOnlyList<Session> sessions)
    {
        var table = new DataTable(
            "Started (UTC)", "Visitor", ">Duration", ">Pages", ">Events", "Entry", "Channel", "It is", "Session");
        foreach (var session in sessions)
        {
            table.Row(
                Show.Time(session.StartedAt),
                Show.Foreign(session.VisitorId, 16),
                Show.Duration(session.Duration),
                Show.Count(session.PageViews),
                Show.Count(session.Events),
                Show.Foreign(session.EntryPage, 24),
                Show.Foreign(session.Attribution?.Channel, 16),
                Marks(session),
                session.SessionId);
        }

        return table;
    }

    /// <summary>Lists the fields of one session.</summary>
    public static DataTable Of(Session session)
    {
        var table = new DataTable("Session", session.SessionId);
        table.Row("Visitor", Show.Foreign(session.VisitorId));
        table.Row("User", Show.Foreign(session.UserId));
        table.Row("Started (UTC)", $"{Show.Time(session.StartedAt)}, {Words.Of(session.StartReason)}");
        table.Row(
            "Ended (UTC)",
            $"{Show.Time(session.EndedAt)}, {(session.HasEndReason ? Words.Of(session.EndReason) : "may go on")}");
        table.Row("Duration", Show.Duration(session.Duration));
        table.Row("Page views", $"{Show.Count(session.PageViews)} of {Show.Count(session.Events)} events");
        table.Row("Entry → exit", $"{Show.Foreign(session.EntryPage)} → {Show.Foreign(session.ExitPage)}");
        table.Row("Channel", Show.Foreign(session.Attribution?.Channel));
        table.Row("Campaign", Campaign(session.Attribution));
        table.Row("Referrer", Show.Foreign(session.Attribution?.ReferrerHost));
        table.Row("Conversions", Show.Count(session.Conversions));
        table.Row("Revenue", Show.Money(session.Revenue));
        table.Row("It is", MarksOf(session));
        table.Row("Revision", Show.Count(session.Revision));
        return table;
    }

    // The column of properties exists only when an event has some.
    public static DataTable Of(IReadOnlyList<TimelineEvent> timeline)
    {
        var hasProperties = timeline.Any(each => each.Properties.Count > 0);
        string[] columns = ["Time (UTC)", "Kind", "Name", "Path", "Category"];
        var table = new DataTable(hasProperties ? [.. columns, "Properties"] : columns);
        foreach (var each in timeline)
        {
            string[] cells =
            [
                Show.Time(each.At),
                Show.Foreign(each.Kind, 16),
                Show.Foreign(each.Name, 24),
                Show.Foreign(each.Path),
                Show.Foreign(each.Category, 24),
            ];
            table.Row(hasProperties ? [.. cells, Properties(each)] : cells);
        }

        return table;
    }

    private static string Properties(TimelineEvent e) => Show.Foreign(string.Join(", ", e.Properties
        .OrderBy(property => property.Key, StringComparer.Ordinal)
        .Select(property => $"{property.Key}={ValueText(property.Value)}")));

    private static string ValueText(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => value.StringValue,
        Value.KindOneofCase.NumberValue => value.NumberValue.ToString(CultureInfo.InvariantCulture),
        _ => value.BoolValue ? "true" : "false",
    };

    /// <summary>Describes the flags of the session in words, for example "new, bounced".</summary>
    public static string MarksOf(Session session) => Marks(session) is { Length: > 0 } marks ? marks : "–";

    private static string Campaign(Attribution? attribution) => attribution?.Utm is { } utm
        ? string.Join(" / ", new[] { utm.Source, utm.Medium, utm.Campaign }.Select(part => Show.Foreign(part, 24)))
        : Show.Foreign(null);

    private static string Marks(Session session)
    {
        var marks = new List<string>();
        if (session.IsNew)
            marks.Add("new");
        if (session.Bounced)
            marks.Add("bounced");
        if (session.Converted)
            marks.Add("converted");
        else if (session.Engaged)
            marks.Add("engaged");
        if (!session.Closed)
            marks.Add("open");
        return string.Join(", ", marks);
    }
}
