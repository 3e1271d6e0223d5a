using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Documents;

/// <summary>
/// Parses stored messages; the result is null when nothing is stored or the bytes are corrupt. Corrupt bytes often
/// parse as a message of unknown or empty fields, so the fields that counting depends on are checked.
/// </summary>
internal static class Readable
{
    private const NumberStyles MoneyStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
    private const int NanosecondsPerSecond = 1_000_000_000;

    private static readonly long FirstSecond = SecondsOf(DateTime.MinValue);
    private static readonly long LastSecond = SecondsOf(DateTime.MaxValue);

    public static SessionDocument? Document(byte[]? bytes) =>
        Parse(SessionDocument.Parser, bytes) is { Session: { StartedAt: { } start } session } document
        && IsTime(start)
        && session.Revenue.All(money => IsAmount(money.Amount))
            ? document
            : null;

    public static Contribution? Contribution(byte[]? bytes) =>
        Parse(Documents.Contribution.Parser, bytes) is { } contribution
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

    private static long SecondsOf(DateTime time) =>
        Timestamp.FromDateTime(DateTime.SpecifyKind(time, DateTimeKind.Utc)).Seconds;
}
