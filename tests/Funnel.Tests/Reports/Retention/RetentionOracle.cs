using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Tests.Reports.Metrics;

namespace SessionPlatform.Funnel.Tests.Reports.Retention;

/// <summary>An event, and whose it is.</summary>
internal sealed record Deed(string Person, DateTime At, TimelineEvent Happened, Visit Visit);

/// <summary>Who comes back, counted from the events in the plainest way.</summary>
/// <param name="visits">With the users that are counted, if they are.</param>
internal sealed class RetentionOracle(IEnumerable<Visit> visits, LocalCalendar calendar, DateTime now)
{
    private readonly List<Deed> deeds =
    [
        .. visits.OrderBy(visit => visit.StartedAt).ThenBy(visit => visit.Session.SessionId, StringComparer.Ordinal)
            .SelectMany(visit => visit.Document.Timeline.Select(
                happened => new Deed(visit.Person, happened.At.ToDateTime(), happened, visit))),
    ];

    public GetRetentionResponse Retention(GetRetentionRequest request)
    {
        var ahead = request.Intervals == 0 ? 11 : request.Intervals;
        var (begins, own) = Begins(request.Interval, request.Period, ahead);
        var least = Math.Max(request.MinimumOccurrences, 1);
        var targets = deeds.Where(deed => Matches(request.Target, deed)).ToLookup(deed => deed.Person);
        var returns = deeds.Where(deed => Matches(request.Returning, deed)).ToLookup(deed => deed.Person);
        var isFirstTime = request.Kind == GetRetentionRequest.Types.Kind.FirstTime;
        var members = new List<(string Value, int Interval, bool[] Came)>();
        foreach (var person in targets)
        {
            var everFirst = person.Min(deed => deed.At);
            for (var interval = 0; interval < own; interval++)
            {
                var (begin, end) = (begins[interval], begins[interval + 1]);
                var within = person.Where(deed => deed.At >= begin && deed.At < end).ToList();
                if (within.Count == 0 || (isFirstTime && everFirst < begin))
                    continue;
                var first = within.MinBy(deed => deed.At)!;
                var came = Enumerable.Range(0, ahead + 1)
                    .Where(k => begins[interval + k] <= now)
                    .Select(k => returns[person.Key].Count(deed => deed.At >= (k == 0 ? first.At : begins[interval + k])
                        && deed.At < begins[interval + k + 1]) >= least)
                    .ToArray();
                if (request.Rolling)
                    came = [.. came.Select((_, k) => came.Skip(k).Any(yes => yes))];
                var value = request.Breakdown == Dimension.Types.Name.Unspecified
                    ? ""
                    : first.Visit.Values(request.Breakdown).Single();
                members.Add((value, interval, came));
            }
        }

        var response = new GetRetentionResponse { TimeZone = calendar.ZoneId };
        if (request.Breakdown == Dimension.Types.Name.Unspecified)
        {
            response.Tables.Add(Table("", false, members));
            return response;
        }

        var top = members.GroupBy(member => member.Value).OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal).Take(request.Limit == 0 ? 10 : request.Limit)
            .Select(group => group.Key).ToList();
        response.Tables.AddRange(top.Select(value => Table(value, false, members.Where(each => each.Value == value))));
        var rest = members.Where(member => !top.Contains(member.Value)).ToList();
        if (rest.Count > 0)
            response.Tables.Add(Table("", true, rest));
        return response;

        RetentionTable Table(
            string value, bool isOther, IEnumerable<(string Value, int Interval, bool[] Came)> of) => new()
        {
            Value = value,
            IsOther = isOther,
            Cohorts =
            {
                Enumerable.Range(0, own).Select(interval =>
                {
                    var cohort = of.Where(member => member.Interval == interval).ToList();
                    return new Cohort
                    {
                        At = begins[interval].ToTimestamp(),
                        Size = (uint)cohort.Count,
                        Returned =
                        {
                            Enumerable.Range(0, ahead + 1).Where(k => begins[interval + k] <= now)
                                .Select(k => (uint)cohort.Count(member => member.Came[k])),
                        },
                    };
                }),
            },
        };
    }

    public GetLifecycleResponse Lifecycle(GetLifecycleRequest request)
    {
        var (begins, own) = Begins(request.Interval, request.Period, 0);
        var before = calendar.Begins(request.Interval, begins[0].AddTicks(-1), begins[0]).Last();
        begins.Insert(0, before);
        var active = deeds.Where(deed => Matches(request.Event, deed)).ToLookup(deed => deed.Person);
        var response = new GetLifecycleResponse { TimeZone = calendar.ZoneId };
        for (var interval = 1; interval <= own && begins[interval] <= now; interval++)
        {
            var point = new LifecyclePoint { At = begins[interval].ToTimestamp() };
            foreach (var person in active)
            {
                var (isNow, was) = (In(person, interval), In(person, interval - 1));
                var ever = person.Any(deed => deed.At < begins[interval]);
                if (isNow && !ever)
                    point.New++;
                else if (isNow && was)
                    point.Returning++;
                else if (isNow)
                    point.Resurrecting++;
                else if (was)
                    point.Dormant++;
            }

            response.Points.Add(point);
        }

        return response;

        bool In(IEnumerable<Deed> person, int interval) =>
            person.Any(deed => deed.At >= begins[interval] && deed.At < begins[interval + 1]);
    }

    public GetStickinessResponse Stickiness(GetStickinessRequest request)
    {
        var (begins, own) = Begins(request.Interval, request.Period, 0);
        var counts = deeds.Where(deed => Matches(request.Event, deed))
            .Where(deed => deed.At >= begins[0] && deed.At < begins[own])
            .GroupBy(deed => deed.Person)
            .Select(person => person.Select(deed => begins.FindLastIndex(begin => begin <= deed.At)).Distinct().Count())
            .ToList();
        return new GetStickinessResponse
        {
            Counts =
            {
                Enumerable.Range(1, own).Select(
                    days => (uint)counts.Count(count => request.Cumulative ? count >= days : count == days)),
            },
        };
    }

    /// <summary>All that the tests ask for.</summary>
    private static bool Matches(EventMatch? match, Deed deed) => match is null
        || ((match.Kind.Length == 0 || match.Kind == deed.Happened.Kind)
            && (match.EventName.Length == 0 || match.EventName == deed.Happened.Name)
            && (match.ExactPath.Length == 0 || match.ExactPath == deed.Happened.Path)
            && match.Properties.All(property => deed.Happened.Properties.TryGetValue(property.Key, out var size)
                && size.NumberValue > property.Values[0].NumberValue)
            && deed.Visit.IsOf(new Segment { IncludeBots = true, Filters = { match.Session } }));

    /// <summary>Begins of the period's intervals, of those after them, and the end of the last one.</summary>
    private (List<DateTime> Begins, int Own) Begins(Bucket interval, Period period, int ahead)
    {
        var (from, to) = calendar.Span(period, visits.Select(visit => visit.StartedAt), now);
        var own = calendar.Begins(interval, from, to).Count;
        var days = interval switch { Bucket.Month => 32, Bucket.Week => 8, _ => 2 };
        return (calendar.Begins(interval, from, to.AddDays(days * (ahead + 2)))[..(own + ahead + 1)], own);
    }
}
