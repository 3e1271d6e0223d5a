using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Periods;

/// <summary>Reads the time range of requests.</summary>
internal static class Ranges
{
    /// <summary>Returns both ends in UTC, null where the request gives none, and reports what is wrong.</summary>
    public static (DateTime? From, DateTime? To) Read(
        TimeRange? range, Violations violations, string field = "range")
    {
        var from = Time(range?.From, $"{field}.from", violations);
        var to = Time(range?.To, $"{field}.to", violations);
        if (from >= to)
            violations.Add($"{field}.to", "must be later than `from`");
        return (from, to);
    }

    private static DateTime? Time(Timestamp? time, string field, Violations violations)
    {
        if (time is null)
            return null;
        try
        {
            return time.ToDateTime();
        }
        catch (InvalidOperationException)
        {
            violations.Add(field, "must be a time of the years 1-9999 with 0-999999999 nanoseconds");
            return null;
        }
    }
}
