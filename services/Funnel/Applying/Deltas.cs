using System.Globalization;
using System.Runtime.InteropServices;
using SessionPlatform.Funnel.Documents;

namespace SessionPlatform.Funnel.Applying;

/// <summary>
/// The sums that a batch adds to the aggregates. Each row is written once, regardless of how many sessions affect it.
/// </summary>
internal sealed class Deltas
{
    private const NumberStyles MoneyStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    public Dictionary<(string SiteId, DateOnly Day), DayDelta> Days { get; } = [];

    public Dictionary<(string SiteId, DateOnly Day, string Currency), RevenueDelta> Revenue { get; } = [];

    public Dictionary<(string SiteId, DateOnly Day, string VisitorId), int> Visitors { get; } = [];

    public Dictionary<(string SiteId, int FunnelId, DateOnly Day, short Stage), int> FunnelDays { get; } = [];

    public Dictionary<(string SiteId, int FunnelId, DateOnly Day, string VisitorId, short Stage), int> FunnelVisitors
    {
        get;
    } = [];

    public Dictionary<(string SiteId, int Version), int> Versions { get; } = [];

    /// <summary>Adds a contribution (<paramref name="sign"/> 1) or subtracts it (−1).</summary>
    public void Add(DocumentKey key, int configurationVersion, Contribution contribution, int sign)
    {
        var site = key.SiteId;
        var day = DateOnly.FromDayNumber(contribution.Day);
        At(Versions, (site, configurationVersion)) += sign;
        At(Visitors, (site, day, key.VisitorId)) += sign;
        At(Days, (site, day)).Add(contribution, sign);
        foreach (var money in contribution.Revenue)
        {
            ref var revenue = ref At(Revenue, (site, day, money.Currency));
            revenue.Sessions += sign;
            revenue.Amount += sign * decimal.Parse(money.Amount, MoneyStyle, CultureInfo.InvariantCulture);
        }

        foreach (var reach in contribution.Reaches)
        {
            At(FunnelDays, (site, reach.FunnelId, day, (short)reach.Stage)) += sign;
            At(FunnelVisitors, (site, reach.FunnelId, day, key.VisitorId, (short)reach.Stage)) += sign;
        }
    }

    private static ref TValue At<TKey, TValue>(Dictionary<TKey, TValue> sums, TKey key)
        where TKey : notnull
        where TValue : struct =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _)!;

    /// <summary>The amount in one currency, and the number of sessions with revenue in it.</summary>
    public record struct RevenueDelta
    {
        public long Sessions;
        public decimal Amount;

        public readonly bool IsZero => this == default;
    }

    /// <summary>The totals of a day.</summary>
    public record struct DayDelta
    {
        public long Sessions;
        public long PageViews;
        public long Bounces;
        public long Engaged;
        public long ConvertedSessions;
        public long Conversions;
        public long DurationMicroseconds;

        public readonly bool IsZero => this == default;

        public void Add(Contribution contribution, int sign)
        {
            Sessions += sign;
            PageViews += sign * contribution.PageViews;
            Bounces += contribution.Bounced ? sign : 0;
            Engaged += contribution.Engaged ? sign : 0;
            ConvertedSessions += contribution.Conversions > 0 ? sign : 0;
            Conversions += sign * contribution.Conversions;
            DurationMicroseconds += sign * contribution.DurationMicroseconds;
        }
    }
}
