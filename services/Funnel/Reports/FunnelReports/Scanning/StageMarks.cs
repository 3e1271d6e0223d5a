using System.Globalization;
using Npgsql;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Funnels.Attempts;
using static SessionPlatform.Funnel.Funnels.EcommerceFunnel;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Scanning;

/// <summary>Marks events by the stages of the built-in funnel.</summary>
internal sealed class StageMarks : ITimelineMarks
{
    private readonly List<string> kindTexts = [];
    private readonly DictionaryLookup kinds;
    private readonly DictionaryLookup categories;
    private readonly DictionaryLookup paths;

    public StageMarks(NpgsqlDataSource dataSource, SiteConfiguration site, EcommerceFunnel funnel)
    {
        var siteId = site.SiteId;
        Name = string.Create(CultureInfo.InvariantCulture, $"{EcommerceFunnel.Name} {site.Version}");
        kinds = new DictionaryLookup(SiteDictionary.Texts(dataSource, siteId), kind =>
        {
            kindTexts.Add(kind);
            return kindTexts.Count - 1;
        });
        var texts = SiteDictionary.Texts(dataSource, siteId);
        categories = new DictionaryLookup(texts, category => (int)OfCategory(category));
        paths = new DictionaryLookup(texts, path => (int)funnel.OfPath(path));
    }

    public string Name { get; }

    public bool AreOfAsked => false;

    public IEnumerable<Column> Columns =>
    [
        FactColumns.Timeline.Counts, FactColumns.TimelineKind, FactColumns.TimelineCategory, FactColumns.TimelinePath,
    ];

    public async Task<Marks[]> MarkAsync(
        NpgsqlConnection connection, Chunk chunk, bool[] asked, CancellationToken cancellationToken)
    {
        var (kind, category) = (chunk.Values(FactColumns.TimelineKind), chunk.Values(FactColumns.TimelineCategory));
        var path = chunk.Values(FactColumns.TimelinePath);
        await kinds.LearnAsync(kind, cancellationToken);
        await categories.LearnAsync(category, cancellationToken);
        await paths.LearnAsync(path, cancellationToken);
        var marks = new Marks[kind.Length];
        for (var each = 0; each < marks.Length; each++)
            marks[each] = Marks.UpTo((int)StageOf(kindTexts[kinds.Values[kind[each]]], category[each], path[each]));
        return marks;
    }

    private Stage StageOf(string kind, int category, int path)
    {
        // The code of the empty text is 0.
        if (category != 0)
            return EcommerceFunnel.StageOf(kind, (Stage)categories.Values[category]);
        return EcommerceFunnel.StageOf(kind, kind == PageView ? (Stage)paths.Values[path] : Stage.None);
    }
}
