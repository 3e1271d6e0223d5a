using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Periods;

namespace SessionPlatform.Funnel.Applying;

/// <summary>Computes what a session contributes to the aggregates.</summary>
internal static class Contributor
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const int NanosecondsPerMicrosecond = 1_000;

    /// <summary>Returns the contribution, a pure function of the session and the configuration of the site.</summary>
    public static Contribution Compute(SessionDocument document, SiteConfiguration configuration)
    {
        var session = document.Session;
        var contribution = new Contribution
        {
            Day = Days.Of(session.StartedAt.ToDateTime(), configuration.TimeZone).DayNumber,
            PageViews = session.PageViews,
            Bounced = session.Bounced,
            Engaged = session.Engaged,
            Conversions = session.Conversions,
            DurationMicroseconds = session.Duration is { } duration
                ? (duration.Seconds * MicrosecondsPerSecond) + (duration.Nanos / NanosecondsPerMicrosecond)
                : 0,
        };
        foreach (var money in session.Revenue)
            contribution.Revenue.Add(new CurrencySum { Currency = money.Currency, Amount = money.Amount });
        foreach (var funnel in configuration.KeptFunnels)
        {
            var stage = funnel.Rules.StagesReached(document);
            if (stage > 0)
                contribution.Reaches.Add(new Reach { FunnelId = funnel.Id, Stage = stage });
        }

        return contribution;
    }
}
