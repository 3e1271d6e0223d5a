using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using SessionPlatform.Contracts.Sessions.V1;
using static SessionPlatform.Contracts.Metrics.V1.Dimension.Types;

namespace SessionPlatform.Funnel.Segments;

/// <summary>The SQL of a dimension, over a row <c>f</c> of <c>session_facts</c>.</summary>
/// <param name="Value">
/// The expression of its value, never null: that of the session, or of a row of <paramref name="Parts"/> for a
/// dimension with several values per session.
/// </param>
/// <param name="Parts">
/// The FROM item of the parts of a session that have a value, for example its page views; null when the session itself
/// has the value.
/// </param>
/// <param name="IsPart">The condition on parts that have a value; null when all have one.</param>
internal sealed record SessionDimension(string Value, string? Parts = null, string? IsPart = null)
{
    private static readonly FrozenDictionary<Name, SessionDimension> All = new Dictionary<Name, SessionDimension>
    {
        [Name.Path] = new("p.path", PageParts),
        [Name.PageCategory] = new("coalesce(p.category, '')", PageParts),
        [Name.EntryPage] = Column("entry_page"),
        [Name.ExitPage] = Column("exit_page"),
        [Name.Channel] = Column("channel"),
        [Name.Source] = Column("utm_source"),
        [Name.Medium] = Column("utm_medium"),
        [Name.Campaign] = Column("utm_campaign"),
        [Name.Term] = Column("utm_term"),
        [Name.Content] = Column("utm_content"),
        [Name.ReferrerHost] = Column("referrer_host"),
        [Name.DeviceType] = Column("device_type"),
        [Name.Browser] = Column("browser"),
        [Name.Os] = Column("os"),
        [Name.Country] = Column("country"),
        [Name.Region] = Column("region"),
        [Name.Language] = Column("language"),
        [Name.HasUserId] = new("CASE WHEN f.user_id IS NULL THEN 'false' ELSE 'true' END"),
        [Name.VisitorType] = new("CASE WHEN f.is_new THEN 'new' ELSE 'returning' END"),
        [Name.StartReason] = new(StartReason()),
        [Name.EventKind] = new("p.kind", EventParts),
        [Name.EventName] = new("p.name", EventParts, "p.name <> ''"),
        [Name.ConversionType] =
            new("p.type", "unnest(f.conversion_types, f.conversion_counts) AS p(type, happened)"),
    }.ToFrozenDictionary();

    private const string PageParts = """
        unnest(f.pages, f.page_categories, f.times_on_page, f.scroll_depths, f.load_times) WITH ORDINALITY
            AS p(path, category, time, depth, load, step)
        """;

    private const string EventParts =
        "unnest(f.event_kinds, f.event_names, f.event_counts) AS p(kind, name, happened)";

    /// <summary>Returns a dimension by name; null when there is no such dimension.</summary>
    public static SessionDimension? Find(Name name) => All.GetValueOrDefault(name);

    private static SessionDimension Column(string column) => new($"coalesce(f.{column}, '')");

    private static string StartReason()
    {
        var reasons = Session.Descriptor.EnumTypes.Single(type => type.Name == nameof(Session.Types.BoundaryReason));
        var cases = reasons.Values.Where(IsReason).Select(value => $"WHEN {value.Number} THEN '{value.Name}'");
        return $"CASE f.start_reason {string.Join(' ', cases)} ELSE '' END";
    }

    private static bool IsReason(EnumValueDescriptor value) => value.Number != 0;
}
