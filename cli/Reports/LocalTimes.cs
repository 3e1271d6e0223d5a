using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Cli.Reports;

/// <summary>Times as clocks of a site show them; as UTC where its time zone is not known here.</summary>
internal sealed class LocalTimes
{
    private readonly TimeZoneInfo zone;

    public LocalTimes(string zoneId) =>
        zone = TimeZoneInfo.TryFindSystemTimeZoneById(zoneId, out var found) ? found : TimeZoneInfo.Utc;

    public string ZoneId => zone.Id;

    /// <summary>The begin of a bucket: a date, or with the time where it is shorter than a day.</summary>
    public string Begin(Timestamp at, Bucket bucket) =>
        TimeZoneInfo.ConvertTimeFromUtc(at.ToDateTime(), zone).ToString(
            bucket is Bucket.Minute or Bucket.Hour ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
