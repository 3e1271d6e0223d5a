using System.Globalization;
using System.Text;

namespace SessionPlatform.Funnel.Applying;

/// <summary>
/// A column of <c>session_facts</c>: its type, the element type of the array parameter that carries its values, and the
/// function that creates this array. Array columns are sent as literals, since PostgreSQL has no arrays of arrays of
/// different lengths.
/// </summary>
internal sealed record FactColumn(string Name, string Type, string Wire, Func<SessionFacts[], object> Values)
{
    private const int HourSeconds = 3600;

    /// <summary>All columns: first the key in the order of the index, then the others as in the migration.</summary>
    public static IReadOnlyList<FactColumn> All { get; } =
    [
        Text("site_id", facts => facts.Key.SiteId),
        Plain("started_at", "timestamptz", facts => facts.StartedAt),
        Plain("session_id", "uuid", facts => facts.Key.SessionId),
        Plain("started_hour", "timestamptz", facts => facts.StartedHour),
        Text("visitor_id", facts => facts.Key.VisitorId),
        Text("user_id", facts => facts.UserId),
        Plain("ended_at", "timestamptz", facts => facts.EndedAt),
        Plain("ended_hour", "int", facts => HourOf(facts.EndedAt)),
        Plain("found_bot", "boolean", facts => facts.FoundBot),
        Plain("is_bot", "boolean", facts => facts.IsBot),
        Plain("is_new", "boolean", facts => facts.IsNew),
        Plain("bounced", "boolean", facts => facts.Bounced),
        Plain("engaged", "boolean", facts => facts.Engaged),
        Plain("start_reason", "smallint", facts => facts.StartReason),
        Plain("events", "int", facts => facts.Events),
        Plain("page_views", "int", facts => facts.PageViews),
        Plain("conversions", "int", facts => facts.Conversions),
        new("revenue", "jsonb", "text", rows => Array.ConvertAll(rows, facts => facts.Revenue)),
        Text("entry_page", facts => facts.EntryPage),
        Text("exit_page", facts => facts.ExitPage),
        Text("channel", facts => facts.Source.Channel),
        Text("utm_source", facts => facts.Source.Source),
        Text("utm_medium", facts => facts.Source.Medium),
        Text("utm_campaign", facts => facts.Source.Campaign),
        Text("utm_term", facts => facts.Source.Term),
        Text("utm_content", facts => facts.Source.Content),
        Text("referrer_host", facts => facts.Source.ReferrerHost),
        Text("device_type", facts => facts.Client.DeviceType),
        Text("browser", facts => facts.Client.Browser),
        Text("os", facts => facts.Client.Os),
        Text("country", facts => facts.Client.Country),
        Text("region", facts => facts.Client.Region),
        Text("language", facts => facts.Client.Language),
        Literal("pages", "text[]", facts => ArrayLiteral.Of(facts.Journey.Pages)),
        Literal("page_categories", "text[]", facts => ArrayLiteral.Of(facts.Journey.Categories)),
        Literal("page_offsets", "bigint[]", facts => ArrayLiteral.Of(facts.Journey.Offsets)),
        Literal("times_on_page", "bigint[]", facts => ArrayLiteral.Of(facts.Journey.TimesOnPage)),
        Literal("scroll_depths", "double precision[]", facts => ArrayLiteral.Of(facts.Journey.ScrollDepths)),
        Literal("load_times", "double precision[]", facts => ArrayLiteral.Of(facts.Journey.LoadTimes)),
        Plain("time_on_page", "bigint", facts => facts.Journey.TimeOnPage),
        Plain("timed_pages", "int", facts => facts.Journey.TimedPages),
        Plain("scroll_depth", "double precision", facts => facts.Journey.ScrollDepth),
        Plain("scrolled_pages", "int", facts => facts.Journey.ScrolledPages),
        Literal("event_kinds", "text[]", facts => ArrayLiteral.Of(facts.Timeline.Kinds)),
        Literal("event_names", "text[]", facts => ArrayLiteral.Of(facts.Timeline.Names)),
        Literal("event_counts", "int[]", facts => ArrayLiteral.Of(facts.Timeline.Counts)),
        Literal("conversion_types", "text[]", facts => ArrayLiteral.Of(facts.Timeline.ConversionTypes)),
        Literal("conversion_counts", "int[]", facts => ArrayLiteral.Of(facts.Timeline.ConversionCounts)),
    ];

    private static FactColumn Text(string name, Func<SessionFacts, string?> value) =>
        new(name, "text", "text", rows => Array.ConvertAll(rows, facts => value(facts)));

    private static FactColumn Literal(string name, string type, Func<SessionFacts, string?> value) =>
        new(name, type, "text", rows => Array.ConvertAll(rows, facts => value(facts)));

    private static FactColumn Plain<T>(string name, string type, Func<SessionFacts, T> value)
        where T : struct =>
        new(name, type, type, rows => Array.ConvertAll(rows, facts => value(facts)));

    private static int HourOf(DateTime time) =>
        (int)Math.Floor((time - DateTime.UnixEpoch).TotalSeconds / HourSeconds);
}

/// <summary>Formats arrays as PostgreSQL literals; null stays null.</summary>
internal static class ArrayLiteral
{
    public static string? Of(string[]? values)
    {
        if (values is null)
            return null;
        var literal = new StringBuilder("{");
        foreach (var value in values)
        {
            literal.Append(literal.Length > 1 ? ",\"" : "\"");
            foreach (var character in value)
            {
                if (character is '"' or '\\')
                    literal.Append('\\');
                literal.Append(character);
            }

            literal.Append('"');
        }

        return literal.Append('}').ToString();
    }

    public static string? Of(int[]? values) =>
        values is null ? null : $"{{{string.Join(',', values)}}}";

    public static string? Of(long?[]? values) =>
        values is null ? null : $"{{{string.Join(',', values.Select(value => Text(value)))}}}";

    public static string? Of(double?[]? values) =>
        values is null ? null : $"{{{string.Join(',', values.Select(value => Text(value)))}}}";

    private static string Text<T>(T? value)
        where T : struct, IFormattable =>
        value?.ToString(null, CultureInfo.InvariantCulture) ?? "NULL";
}
