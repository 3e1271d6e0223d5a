using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.FunnelReports.Attempts;
using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.FunnelReports.Counting;

/// <summary>
/// Who reached a step, or went no further: counts all, keeps a page of them; and where those went that went no further.
/// </summary>
/// <param name="step">From 0.</param>
/// <param name="after">The id and key that the page before ended with; null: it is the first page.</param>
internal sealed class ActorList(
    int step, bool dropped, int pageSize, (string Id, string Key)? after, FunnelReportOptions bounds)
{
    private const int MostPages = 20;

    // One more than a page: then there is a next one.
    private readonly SortedSet<Entry> page = [];
    private readonly Dictionary<string, uint> nextPages = new(StringComparer.Ordinal);
    private long total;
    private uint nowhere;

    public void Add(Actor actor, Attempt attempt)
    {
        var index = attempt.Taken[step];
        if (index < 0 || (dropped && attempt.Last != step))
            return;
        total++;
        if (dropped)
            CountNext(actor.Events, index);
        var session = actor.SessionOf(index);
        var entry = new Entry(actor.Id, actor.Key, new FunnelActor
        {
            Id = actor.Id,
            SessionId = session.Id.ToString(),
            VisitorId = session.VisitorId,
            At = new DateTime(actor.Events[index].At, DateTimeKind.Utc).ToTimestamp(),
        });
        if (after is { } last && entry.CompareTo(new Entry(last.Id, last.Key, entry.Shown)) <= 0)
            return;
        page.Add(entry);
        if (page.Count > pageSize + 1)
            page.Remove(page.Max!);
    }

    /// <param name="toToken">Makes a token of the id and key that the page ends with.</param>
    public ListFunnelActorsResponse ToResponse(Func<(string Id, string Key), string> toToken)
    {
        var response = new ListFunnelActorsResponse
        {
            Actors = { page.Take(pageSize).Select(entry => entry.Shown) },
            Total = FunnelTable.Count(total),
        };
        if (page.Count > pageSize)
        {
            var last = page.ElementAt(pageSize - 1);
            response.NextPageToken = toToken((last.Id, last.Key));
        }

        var pages = nextPages.Select(entry => new FunnelNextPage { Path = entry.Key, Count = entry.Value });
        if (nowhere > 0)
            pages = pages.Append(new FunnelNextPage { Count = nowhere });
        response.NextPages.AddRange(pages
            .OrderByDescending(each => each.Count).ThenBy(each => each.HasPath)
            .ThenBy(each => each.Path, Utf8Order.Instance).Take(MostPages));
        return response;
    }

    private void CountNext(MarkedEvent[] events, int index)
    {
        if (events.Skip(index + 1).FirstOrDefault(happened => happened.Page is not null).Page is not { } path)
        {
            nowhere++;
            return;
        }

        if (nextPages.Count == bounds.MaxValues && !nextPages.ContainsKey(path))
            throw TooLarge.Of(bounds.MaxValues, "different pages to go to");
        nextPages[path] = nextPages.GetValueOrDefault(path) + 1;
    }

    /// <summary>By the bytes of the id; a user before a visitor of the same id.</summary>
    private sealed record Entry(string Id, string Key, FunnelActor Shown) : IComparable<Entry>
    {
        public int CompareTo(Entry? other)
        {
            var byId = Utf8Order.Instance.Compare(Id, other?.Id);
            return byId != 0 ? byId : Utf8Order.Instance.Compare(Key, other?.Key);
        }
    }
}
