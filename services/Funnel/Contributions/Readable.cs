using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Contributions;

/// <summary>
/// Reads what is stored. Null: nothing is stored, or nothing that this service wrote. Bytes that are no message often
/// pass for one of unknown or empty fields, so what is counted by must be there.
/// </summary>
internal static class Readable
{
    private const NumberStyles MoneyStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
    private const int NanosecondsPerSecond = 1_000_000_000;

    private static readonly long FirstSecond = Timestamp.FromDateTime(DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc)).Seconds;
    private static readonly long LastSecond = Timestamp.FromDateTime(Latest()).Seconds;

    public static SessionDocument? Document(byte[]? bytes) =>
        Parse(SessionDocument.Parser, bytes) is { Session: { StartedAt: { } start } session } document
        && IsTime(start)
        && session.Revenue.All(money => IsAmount(money.Amount))
            ? document
            : null;

    public static Contribution? Contribution(byte[]? bytes) =>
        Parse(Contributions.Contribution.Parser, bytes) is { } contribution
        && contribution.Day > DateOnly.MinValue.DayNumber
        && contribution.Day <= DateOnly.MaxValue.DayNumber
        && contribution.Revenue.All(sum => IsAmount(sum.Amount))
        && contribution.Reaches.All(reach => reach.Stage is > 0 and <= short.MaxValue)
            ? contribution
            : null;

    private static T? Parse<T>(MessageParser<T> parser, byte[]? bytes)
        where T : class, IMessage<T>
    {
        try
        {
            return bytes is null ? null : parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static bool IsTime(Timestamp time) =>
        time.Seconds >= FirstSecond && time.Seconds <= LastSecond && time.Nanos is >= 0 and < NanosecondsPerSecond;

    private static bool IsAmount(string amount) =>
        decimal.TryParse(amount, MoneyStyle, CultureInfo.InvariantCulture, out _);

    private static DateTime Latest() => DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);
}
