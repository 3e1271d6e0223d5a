using SessionPlatform.Contracts.Sessions.V1;
using static SessionPlatform.Contracts.Metrics.V1.Metric.Types;
using By = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;

namespace SessionPlatform.Funnel.Tests.Reports.Metrics;

/// <summary>Each metric as its words say it.</summary>
internal static class Figure
{
    /// <summary>Of sessions that have one of the values of the dimension.</summary>
    public static double? Of(Name metric, List<Visit> of, By dimension, Func<string, bool> isValue)
    {
        var steps = of.SelectMany(visit => visit.Session.Journey).Where(IsOf).ToList();
        var isOfPages = dimension is By.Path or By.PageCategory;
        double pageViews = isOfPages ? steps.Count : of.Sum(visit => visit.Session.PageViews);
        double newVisitors = of.Where(visit => visit.IsNew).Select(visit => visit.Person).Distinct().Count();
        double visitors = of.Select(visit => visit.Person).Distinct().Count();
        double converted = of.Count(visit => visit.Session.Conversions > 0);
        double engaged = of.Count(visit => visit.Session.Engaged);
        double bounces = of.Count(visit => visit.Session.Bounced);
        var seconds = of.Select(visit => visit.Seconds).Order().ToList();
        var times = steps.Where(step => step.TimeOnPage is not null)
            .Select(step => step.TimeOnPage.ToTimeSpan().TotalSeconds).ToList();
        var depths = steps.Where(step => step.HasScrollDepthPercent).Select(step => step.ScrollDepthPercent).ToList();
        double sessions = of.Count;
        return metric switch
        {
            Name.PageViews => pageViews,
            Name.Events => dimension switch
            {
                By.EventKind => of.SelectMany(visit => visit.Document.Timeline).Count(e => isValue(e.Kind)),
                By.EventName => of.SelectMany(visit => visit.Document.Timeline)
                    .Count(e => e.Name.Length > 0 && isValue(e.Name)),
                _ => of.Sum(visit => visit.Session.Events),
            },
            Name.Sessions => sessions,
            Name.Visitors => visitors,
            Name.Users => of.Select(visit => visit.Session.UserId).Where(id => id.Length > 0).Distinct().Count(),
            Name.NewVisitors => newVisitors,
            Name.ReturningVisitors => visitors - newVisitors,
            Name.EngagedSessions => engaged,
            Name.EngagementRate => Divide(engaged, sessions),
            Name.Bounces => bounces,
            Name.BounceRate => Divide(bounces, sessions),
            Name.SessionsUnder30S => seconds.Count(duration => duration < 30),
            Name.SessionsOver10M => seconds.Count(duration => duration > 600),
            Name.AverageDuration => Divide(seconds.Sum(), sessions),
            Name.MedianDuration => Percentile(seconds, 0.5),
            Name.DurationP90 => Percentile(seconds, 0.9),
            Name.DurationP99 => Percentile(seconds, 0.99),
            Name.PagesPerSession => Divide(of.Sum(visit => visit.Session.PageViews), sessions),
            Name.Conversions => dimension == By.ConversionType
                ? of.SelectMany(visit => visit.Document.Timeline)
                    .SelectMany(happened => happened.ConversionTypes).Count(isValue)
                : of.Sum(visit => visit.Session.Conversions),
            Name.ConvertedSessions => converted,
            Name.ConversionRate => Divide(converted, sessions),
            Name.AverageTimeOnPage => Divide(times.Sum(), times.Count),
            Name.AverageScrollDepth => Divide(depths.Sum(), depths.Count),
            Name.LoadTimeP90 => Percentile(
                [.. steps.Where(step => step.HasLoadTimeMs).Select(step => step.LoadTimeMs).Order()], 0.9),
            Name.Entries => of.Count(IsEntry),
            Name.Exits => of.Count(IsExit),
            Name.ExitRate => Divide(of.Count(IsExit), pageViews),
            _ => null,
        };

        bool IsOf(JourneyStep step) => dimension switch
        {
            By.Path => isValue(step.Path),
            By.PageCategory => isValue(step.Category),
            _ => true,
        };

        bool IsEntry(Visit visit) => visit.Session.Journey is [var first, ..] && IsOf(first);

        bool IsExit(Visit visit) => visit.Session.Journey is [.., var last] && dimension switch
        {
            // Page views beyond the first 2000 are counted only: the last one may not be among the pages.
            By.Path => visit.Values(By.Path).Contains(visit.Session.ExitPage) && isValue(visit.Session.ExitPage),
            By.PageCategory => isValue(last.Category),
            _ => true,
        };
    }

    private static double? Divide(double sum, double count) => count == 0 ? null : sum / count;

    private static double? Percentile(List<double> ordered, double fraction)
    {
        if (ordered.Count == 0)
            return null;
        var place = fraction * (ordered.Count - 1);
        var (below, above) = (ordered[(int)Math.Floor(place)], ordered[(int)Math.Ceiling(place)]);
        return below + ((above - below) * (place - Math.Floor(place)));
    }
}
