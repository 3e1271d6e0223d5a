using System.Collections.Frozen;
using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// The columns of session facts. Strings are codes of <see cref="SiteDictionary.Texts"/>, 0 being the empty string;
/// times are whole microseconds; an unknown value is <see cref="Unknown"/>, or NaN in a column of doubles.
/// </summary>
internal static class FactColumns
{
    /// <summary>The value of a number that is not known.</summary>
    public const int Unknown = -1;

    /// <summary>Columns of the events in session documents; all other columns are of the facts of sessions.</summary>
    public static readonly ColumnFamily TimelineFamily = new("timelines");

    public static readonly Column<Guid> SessionId = new("session_id");

    /// <summary>Microseconds since 1970.</summary>
    public static readonly Column<long> StartedAt = new("started_at");

    public static readonly Column<long> Duration = new("duration");

    /// <summary>Codes of <see cref="SiteDictionary.Visitors"/>.</summary>
    public static readonly Column<int> Visitor = new("visitor");

    /// <summary>The user's id as a text.</summary>
    public static readonly Column<int> User = new("user");

    /// <summary>A set of <see cref="SessionFlags"/>.</summary>
    public static readonly Column<int> Flags = new("flags");

    public static readonly Column<int> Events = new("events");
    public static readonly Column<int> PageViews = new("page_views");
    public static readonly Column<int> Conversions = new("conversions");

    // Sums over the page views of the session, and the number of page views with a value.
    public static readonly Column<long> TimeOnPage = new("time_on_page");
    public static readonly Column<int> TimedPages = new("timed_pages");
    public static readonly Column<double> ScrollDepth = new("scroll_depth");
    public static readonly Column<int> ScrolledPages = new("scrolled_pages");

    /// <summary>The page views that are stored as steps of the journey.</summary>
    public static readonly RepeatedGroup Pages = new(new Column<int>("pages"));
    public static readonly Column<int> PagePath = new("page_path");
    public static readonly Column<int> PageCategory = new("page_category");

    /// <summary>Microseconds since the session's start.</summary>
    public static readonly Column<long> PageOffset = new("page_offset");
    public static readonly Column<long> PageTime = new("page_time");
    public static readonly Column<double> PageScroll = new("page_scroll");
    public static readonly Column<double> PageLoad = new("page_load");

    /// <summary>The distinct kinds and names of events.</summary>
    public static readonly RepeatedGroup EventTypes = new(new Column<int>("event_types"));
    public static readonly Column<int> EventKind = new("event_kind");
    public static readonly Column<int> EventName = new("event_name");
    public static readonly Column<int> EventCount = new("event_count");

    /// <summary>The distinct types of conversions.</summary>
    public static readonly RepeatedGroup ConversionTypes = new(new Column<int>("conversion_types"));
    public static readonly Column<int> ConversionType = new("conversion_type");
    public static readonly Column<int> ConversionCount = new("conversion_count");

    /// <summary>Revenue by currency.</summary>
    public static readonly RepeatedGroup Money = new(new Column<int>("money"));
    public static readonly Column<int> MoneyCurrency = new("money_currency");
    public static readonly Column<decimal> MoneyAmount = new("money_amount");

    /// <summary>The stored events of the session, in the order of the timeline.</summary>
    public static readonly RepeatedGroup Timeline = new(new Column<int>("timeline", TimelineFamily));

    /// <summary>Ticks since the session's start.</summary>
    public static readonly Column<long> TimelineOffset = new("timeline_offset", TimelineFamily);
    public static readonly Column<int> TimelineKind = new("timeline_kind", TimelineFamily);
    public static readonly Column<int> TimelineName = new("timeline_name", TimelineFamily);
    public static readonly Column<int> TimelinePath = new("timeline_path", TimelineFamily);
    public static readonly Column<int> TimelineCategory = new("timeline_category", TimelineFamily);

    /// <summary>The columns of dimensions with one value for each session.</summary>
    public static readonly FrozenDictionary<Dimension.Types.Name, Column<int>> OfSession =
        new Dictionary<Dimension.Types.Name, Column<int>>
        {
            [Dimension.Types.Name.EntryPage] = new("entry_page"),
            [Dimension.Types.Name.ExitPage] = new("exit_page"),
            [Dimension.Types.Name.Channel] = new("channel"),
            [Dimension.Types.Name.Source] = new("source"),
            [Dimension.Types.Name.Medium] = new("medium"),
            [Dimension.Types.Name.Campaign] = new("campaign"),
            [Dimension.Types.Name.Term] = new("term"),
            [Dimension.Types.Name.Content] = new("content"),
            [Dimension.Types.Name.ReferrerHost] = new("referrer_host"),
            [Dimension.Types.Name.DeviceType] = new("device_type"),
            [Dimension.Types.Name.Browser] = new("browser"),
            [Dimension.Types.Name.Os] = new("os"),
            [Dimension.Types.Name.Country] = new("country"),
            [Dimension.Types.Name.Region] = new("region"),
            [Dimension.Types.Name.Language] = new("language"),
            [Dimension.Types.Name.HasUserId] = new("has_user_id"),
            [Dimension.Types.Name.VisitorType] = new("visitor_type"),
            [Dimension.Types.Name.StartReason] = new("start_reason"),
        }.ToFrozenDictionary();

    /// <summary>The columns of dimensions with any number of values for each session, and their groups.</summary>
    public static readonly FrozenDictionary<Dimension.Types.Name, (RepeatedGroup Parts, Column<int> Values)> OfParts =
        new Dictionary<Dimension.Types.Name, (RepeatedGroup, Column<int>)>
        {
            [Dimension.Types.Name.Path] = (Pages, PagePath),
            [Dimension.Types.Name.PageCategory] = (Pages, PageCategory),
            [Dimension.Types.Name.EventKind] = (EventTypes, EventKind),
            [Dimension.Types.Name.EventName] = (EventTypes, EventName),
            [Dimension.Types.Name.ConversionType] = (ConversionTypes, ConversionType),
        }.ToFrozenDictionary();

    /// <summary>All columns that are stored.</summary>
    public static IReadOnlyList<Column> All { get; } =
    [
        SessionId, StartedAt, Duration, Visitor, User, Flags, Events, PageViews, Conversions,
        TimeOnPage, TimedPages, ScrollDepth, ScrolledPages,
        Pages.Counts, PagePath, PageCategory, PageOffset, PageTime, PageScroll, PageLoad,
        EventTypes.Counts, EventKind, EventName, EventCount,
        ConversionTypes.Counts, ConversionType, ConversionCount,
        Money.Counts, MoneyCurrency, MoneyAmount,
        Timeline.Counts, TimelineOffset, TimelineKind, TimelineName, TimelinePath, TimelineCategory,
        .. OfSession.Values,
    ];
}

/// <summary>Yes-or-no facts of a session.</summary>
[Flags]
internal enum SessionFlags
{
    None = 0,
    Bot = 1,
    New = 2,
    Bounced = 4,
    Engaged = 8,
}
