using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Metrics.V1;
using static SessionPlatform.Contracts.Metrics.V1.Filter.Types;
using By = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;
using Name = SessionPlatform.Contracts.Metrics.V1.Metric.Types.Name;

namespace SessionPlatform.Funnel.Tests.Reports.Metrics;

/// <summary>Requests of all kinds over what <see cref="RandomVisits"/> makes.</summary>
internal sealed class RandomReports(Random random, string siteId, DateTime middle)
{
    private static readonly string[] Words =
        ["", "/a", "/", "cart", "ü", "Ü", "%", "_a", "\\", "new", "true", "news", "INACTIVITY", "purchase", "CH", "A"];

    private static readonly string[] Expressions = ["^/c", "a$", "[ab]", "(new|true)", "ü|Ü", "^$", "u.*e", "^.{5,}$"];

    // Equal to the last bit however they are computed, so that the order is certain.
    private static readonly Name[] Sortable =
    [
        Name.PageViews, Name.Events, Name.Sessions, Name.Visitors, Name.Users, Name.NewVisitors, Name.BounceRate,
        Name.EngagementRate, Name.Conversions, Name.ConversionRate, Name.PagesPerSession, Name.Entries, Name.ExitRate,
        Name.LoadTimeP90, Name.SessionsOver10M,
    ];

    public GetSeriesRequest Series()
    {
        var bucket = (Bucket)random.Next(6);
        var request = new GetSeriesRequest
        {
            SiteId = siteId,
            Metrics = { Metrics().Take(bucket == Bucket.Minute ? 5 : 30) },
            Bucket = bucket,
            Period = Period(bucket),
            Segment = Segment(),
            Comparison = (Comparison)random.Next(3),
        };
        if (random.Next(3) == 0)
            return request;
        request.Breakdown = AnyOf<By>();
        request.Limit = random.Next(6);
        return request;
    }

    public GetTopListRequest TopList()
    {
        var first = Sortable[random.Next(Sortable.Length)];
        return new GetTopListRequest
        {
            SiteId = siteId,
            Dimension = AnyOf<By>(),
            Metrics = { Metrics().Except([first]).Prepend(first) },
            Period = Period(Bucket.Day),
            Segment = Segment(),
            Limit = random.Next(6),
            Comparison = (Comparison)random.Next(3),
        };
    }

    private Name[] Metrics()
    {
        var metrics = System.Enum.GetValues<Name>().Where(metric => metric != Name.Unspecified).ToArray();
        random.Shuffle(metrics);
        // All of them now and then.
        return metrics[..(random.Next(4) == 0 ? metrics.Length : random.Next(1, 8))];
    }

    private Period? Period(Bucket bucket)
    {
        var most = bucket switch { Bucket.Minute => 1, Bucket.Hour => 4, _ => 30 };
        var first = DateOnly.FromDateTime(middle).AddDays(random.Next(-most, 1));
        switch (random.Next(bucket is Bucket.Minute or Bucket.Hour ? 2 : 3))
        {
            case 0:
                var last = first.AddDays(random.Next(most));
                return new Period { Days = new DayRange { From = Text(first), To = Text(last) } };
            case 1:
                var from = middle.AddMinutes(random.Next(-most * 1440, 0)).AddSeconds(random.Next(60));
                var to = from.AddMinutes(random.Next(1, most * 1440));
                return new Period { Range = new TimeRange { From = from.ToTimestamp(), To = to.ToTimestamp() } };
            default:
                return null;
        }
    }

    private Segment Segment()
    {
        var segment = new Segment { IncludeBots = random.Next(3) == 0, Unit = (Unit)random.Next(3) };
        for (var count = random.Next(3); count > 0; count--)
        {
            var filter = new Filter { Dimension = AnyOf<By>(), Operator = (Operator)random.Next(8) };
            var isExact = filter.Operator is Operator.Unspecified or Operator.Is or Operator.IsNot;
            var pool = filter.Operator is Operator.Matches or Operator.MatchesNot
                ? Expressions
                : [.. Words.Where(word => isExact || word.Length > 0)];
            if (filter.Operator != Operator.Any)
                filter.Values.AddRange(random.GetItems(pool, random.Next(1, 4)));
            segment.Filters.Add(filter);
        }

        return segment;
    }

    private T AnyOf<T>()
        where T : struct, System.Enum =>
        random.GetItems([.. System.Enum.GetValues<T>().Where(value => Convert.ToInt32(value, null) != 0)], 1)[0];

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
