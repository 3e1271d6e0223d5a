using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using static SessionPlatform.Contracts.Metrics.V1.Metric.Types;
using Dimensions = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;

namespace SessionPlatform.Benchmarks.Measurements;

/// <summary>A report over all data of a site, and the target of the design at a million sessions.</summary>
internal sealed record ReportQuestion(string What, int TargetMillis, GetReportRequest Report);

/// <summary>The reports for which the design sets targets.</summary>
internal static class ReportQuestions
{
    public static IEnumerable<ReportQuestion> Of(string site)
    {
        yield return new("a single metric, sessions by day", 10, new()
        {
            Series = new() { SiteId = site, Metrics = { Name.Sessions }, Bucket = Bucket.Day },
        });
        yield return new("8 series by day, visitors and median among them", 50, new()
        {
            Series = new()
            {
                SiteId = site,
                Metrics =
                {
                    Name.Sessions, Name.Visitors, Name.PageViews, Name.BounceRate, Name.AverageDuration,
                    Name.MedianDuration, Name.ConversionRate, Name.Revenue,
                },
                Bucket = Bucket.Day,
            },
        });
        yield return new("top 10 pages", 20, new()
        {
            TopList = new()
            {
                SiteId = site, Dimension = Dimensions.Path, Metrics = { Name.PageViews, Name.Entries, Name.Exits },
            },
        });
        yield return new("top 10 paths", 50, new() { Paths = new() { SiteId = site } });
        yield return new("an ad hoc funnel over all", 500, new()
        {
            FunnelReport = new() { SiteId = site, Definition = AdHoc() },
        });
        yield return new("12 cohorts by month", 200, new()
        {
            Retention = new() { SiteId = site, Interval = Bucket.Month, Intervals = 11 },
        });
    }

    private static FunnelDefinition AdHoc() => new()
    {
        Unit = Unit.Visitor,
        Steps =
        {
            new FunnelStep { Name = "Product", Kind = "pageview", Path = "/product/**" },
            new FunnelStep { Name = "Cart", Kind = "pageview", Path = "/cart**" },
            new FunnelStep { Name = "Purchase", Kind = "purchase" },
        },
    };
}
