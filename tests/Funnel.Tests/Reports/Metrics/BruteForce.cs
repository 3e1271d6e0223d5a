using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Tests.Identity;
using static SessionPlatform.Contracts.Metrics.V1.Metric.Types;
using By = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;

namespace SessionPlatform.Funnel.Tests.Reports.Metrics;

/// <summary>What reports must say, counted from the sessions in the plainest way.</summary>
internal sealed class BruteForce(IEnumerable<Visit> visits, KnownUsers users, LocalCalendar calendar)
{
    private readonly List<Visit> visits = [.. visits];

    public GetSeriesResponse Series(GetSeriesRequest request, DateTime now)
    {
        var (from, to) = calendar.Span(request.Period, visits.Select(visit => visit.StartedAt), now);
        var main = In(from, to, request.Segment);
        var top = request.Breakdown == By.Unspecified
            ? null
            : Top(main, request.Breakdown, Name.Sessions, request.Limit == 0 ? 10 : request.Limit);
        var response = new GetSeriesResponse { TimeZone = calendar.ZoneId };
        (DateTime From, DateTime To)? earlier = request.Comparison == Comparison.Unspecified
            ? null
            : calendar.Earlier(from, to, request.Comparison);
        var compared = earlier is { } span ? In(span.From, span.To, request.Segment) : [];
        var hasOther = top is not null && main.Concat(compared).Any(visit => IsOther(visit, request.Breakdown, top));
        response.Series.AddRange(Lines(main, request, top, hasOther, from, to));
        if (earlier is { } other)
            response.Compared.AddRange(Lines(compared, request, top, hasOther, other.From, other.To));
        return response;
    }

    public GetTopListResponse TopList(GetTopListRequest request, DateTime now)
    {
        var (from, to) = calendar.Span(request.Period, visits.Select(visit => visit.StartedAt), now);
        var main = In(from, to, request.Segment);
        List<Visit>? compared = null;
        if (request.Comparison != Comparison.Unspecified)
        {
            var earlier = calendar.Earlier(from, to, request.Comparison);
            compared = In(earlier.From, earlier.To, request.Segment);
        }

        var top = Top(main, request.Dimension, request.Metrics[0], request.Limit == 0 ? 10 : request.Limit);
        var response = new GetTopListResponse
        {
            Rows = { top.Select(value => Row(value, request.Dimension, found => found == value)) },
            Total = Row("", By.Unspecified, _ => true),
        };
        if (main.Concat(compared ?? []).Any(visit => IsOther(visit, request.Dimension, top)))
            response.Other = Row("", request.Dimension, found => !top.Contains(found));
        return response;

        TopListRow Row(string value, By dimension, Func<string, bool> isValue) => new()
        {
            Value = value,
            Values = { request.Metrics.Select(metric => Value(metric, main, dimension, isValue)) },
            Compared =
            {
                compared is null ? [] : request.Metrics.Select(metric => Value(metric, compared, dimension, isValue)),
            },
        };
    }

    private static bool IsOther(Visit visit, By dimension, List<string> top) =>
        visit.Values(dimension).Any(value => !top.Contains(value));

    private static List<string> Top(List<Visit> visits, By dimension, Name metric, int limit) => [.. visits
        .SelectMany(visit => visit.Values(dimension))
        .Distinct()
        .Select(value => (Value: value, Metric: Value(metric, visits, dimension, found => found == value)))
        .OrderBy(entry => entry.Metric.HasValue ? 0 : 1)
        .ThenByDescending(entry => entry.Metric.Value)
        .ThenBy(entry => entry.Value, StringComparer.Ordinal)
        .Take(limit)
        .Select(entry => entry.Value)];

    private static MetricValue Value(Name metric, IEnumerable<Visit> all, By dimension, Func<string, bool> isValue)
    {
        var of = all
            .Where(visit => dimension == By.Unspecified || visit.Values(dimension).Any(isValue))
            .ToList();
        var figure = Figure.Of(metric, of, dimension, isValue);
        var value = new MetricValue { Metric = metric };
        if (metric == Name.Revenue)
        {
            value.Revenue.AddRange(of.SelectMany(visit => visit.Session.Revenue).GroupBy(money => money.Currency)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new Money { Currency = group.Key, Amount = Sum(group) }));
        }
        else if (figure is { } number)
        {
            value.Value = number;
        }

        return value;
    }

    private static string Sum(IEnumerable<Money> money)
    {
        var sum = money.Sum(part => decimal.Parse(part.Amount, CultureInfo.InvariantCulture));
        return sum.ToString("0.######", CultureInfo.InvariantCulture);
    }

    private List<Visit> In(DateTime from, DateTime to, Segment? segment) =>
        [
            .. visits.Where(visit => visit.StartedAt >= from && visit.StartedAt < to && visit.IsOf(segment))
                .Select(visit => visit with { Users = segment is { Unit: Unit.User } ? users : null }),
        ];

    private IEnumerable<Series> Lines(
        List<Visit> of, GetSeriesRequest request, List<string>? top, bool hasOther, DateTime from, DateTime to)
    {
        if (top is null)
            return [Line("", false, By.Unspecified, _ => true)];
        var lines = top.Select(value => Line(value, false, request.Breakdown, found => found == value));
        return hasOther ? lines.Append(Line("", true, request.Breakdown, found => !top.Contains(found))) : lines;

        Series Line(string value, bool isOther, By dimension, Func<string, bool> isValue)
        {
            var series = new Series
            {
                Value = value,
                IsOther = isOther,
                Total = { request.Metrics.Select(metric => Value(metric, of, dimension, isValue)) },
            };
            if (request.Bucket == Bucket.Unspecified)
                return series;
            var begins = calendar.Begins(request.Bucket, from, to);
            for (var index = 0; index < begins.Count; index++)
            {
                var (begin, end) = (begins[index], index + 1 < begins.Count ? begins[index + 1] : to);
                var within = of.Where(visit => visit.StartedAt >= begin && visit.StartedAt < end).ToList();
                series.Points.Add(new SeriesPoint
                {
                    At = begin.ToTimestamp(),
                    Values = { request.Metrics.Select(metric => Value(metric, within, dimension, isValue)) },
                });
            }

            return series;
        }
    }
}
