using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Funnels.Attempts;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Counting;

/// <summary>
/// Collects the actors that reached a step, or dropped off there: their number, one page of them, and the pages that
/// those who dropped off visited instead.
/// </summary>
/// <param name="step">The step, counted from 0.</param>
/// <param name="after">The id and key of the last actor of the previous page; null for the first page.</param>
internal sealed class ActorList(
    int step, bool dropped, int pageSize, (string Id, string Key)? after, FunnelReportOptions bounds)
{
    private const int MaxPages = 20;

    // One more than a page: if it is full, there is a next page.
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

    /// <summary>Returns the response.</summary>
    /// <param name="toToken">Creates a token from the id and key of the last actor of the page.</param>
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
            .ThenBy(each => each.Path, Utf8Order.Instance).Take(MaxPages));
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

    /// <summary>Orders actors by the bytes of their id; a user comes before a visitor with an equal id.</summary>
    private sealed record Entry(string Id, string Key, FunnelActor Shown) : IComparable<Entry>
    {
        public int CompareTo(Entry? other)
        {
            var byId = Utf8Order.Instance.Compare(Id, other?.Id);
            return byId != 0 ? byId : Utf8Order.Instance.Compare(Key, other?.Key);
        }
    }
}
