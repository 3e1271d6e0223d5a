using Google.Protobuf.WellKnownTypes;
using Npgsql;
using NpgsqlTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.ServiceDefaults.Grpc;
using SessionPlatform.Sessionizer.Sessions;

namespace SessionPlatform.Sessionizer.Reading;

/// <summary>Time ranges of requests.</summary>
internal static class TimeRanges
{
    private static readonly long FirstSecond = Timestamp.FromDateTime(new(1, 1, 1, 0, 0, 0, DateTimeKind.Utc)).Seconds;
    private static readonly long LastSecond =
        Timestamp.FromDateTime(new(9999, 12, 31, 23, 59, 59, DateTimeKind.Utc)).Seconds;

    /// <exception cref="global::Grpc.Core.RpcException">INVALID_ARGUMENT.</exception>
    public static void Check(string field, TimeRange? range)
    {
        var violations = new Violations();
        Check(field, range, violations);
        violations.ThrowIfAny();
    }

    public static void Check(string field, TimeRange? range, Violations violations)
    {
        if (range is null)
            return;
        CheckTime($"{field}.from", range.From, violations);
        CheckTime($"{field}.to", range.To, violations);
        if (range.From is not null && range.To is not null && range.From >= range.To)
            violations.Add($"{field}.to", "must be later than `from`");
    }

    /// <summary>Whether a time in microseconds since 1970 lies in a range; null is all time.</summary>
    public static bool Holds(TimeRange? range, long time) =>
        !(range?.From is { } from && time < Microseconds.From(from))
        && !(range?.To is { } to && time >= Microseconds.From(to));

    /// <summary>The parameter for one end of a range that was checked; NULL when it is open.</summary>
    public static NpgsqlParameter Parameter(Timestamp? end) => new()
    {
        Value = end?.ToDateTime() ?? (object)DBNull.Value,
        NpgsqlDbType = NpgsqlDbType.TimestampTz,
    };

    private static void CheckTime(string field, Timestamp? time, Violations violations)
    {
        if (time is not null
            && (time.Seconds < FirstSecond || time.Seconds > LastSecond || time.Nanos is < 0 or > 999_999_999))
        {
            violations.Add(field, "must be a time of the years 1 to 9999");
        }
    }
}
