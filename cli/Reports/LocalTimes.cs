using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Cli.Reports;

/// <summary>Formats times in the time zone of a site, or in UTC when the zone is unknown here.</summary>
internal sealed class LocalTimes
{
    private readonly TimeZoneInfo zone;

    public LocalTimes(string zoneId) =>
        zone = TimeZoneInfo.TryFindSystemTimeZoneById(zoneId, out var found) ? found : TimeZoneInfo.Utc;

    public string ZoneId => zone.Id;

    /// <summary>Formats the start of a bucket: a date, with the time when the bucket is shorter than a day.</summary>
    public string Begin(Timestamp at, Bucket bucket) =>
        TimeZoneInfo.ConvertTimeFromUtc(at.ToDateTime(), zone).ToString(
            bucket is Bucket.Minute or Bucket.Hour ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
