using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Documents;

/// <summary>Parses only the timeline of a stored document.</summary>
internal static class Timelines
{
    private const long UnixSeconds = 62_135_596_800;
    private const int NanosecondsPerSecond = 1_000_000_000;
    private static readonly long FirstSecond = (DateTime.MinValue.Ticks / TimeSpan.TicksPerSecond) - UnixSeconds;
    private static readonly long LastSecond = (DateTime.MaxValue.Ticks / TimeSpan.TicksPerSecond) - UnixSeconds;
    private static readonly uint TimelineTag =
        WireFormat.MakeTag(SessionDocument.TimelineFieldNumber, WireFormat.WireType.LengthDelimited);

    /// <summary>Returns the timeline; null when the document is corrupt, which an audit finds and repairs.</summary>
    public static List<TimelineEvent>? Read(byte[] document)
    {
        var timeline = new List<TimelineEvent>();
        try
        {
            var input = new CodedInputStream(document);
            for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            {
                if (tag != TimelineTag)
                {
                    input.SkipLastField();
                    continue;
                }

                var happened = new TimelineEvent();
                input.ReadMessage(happened);
                if (happened.At is { } at && !IsTime(at))
                    return null;
                timeline.Add(happened);
            }
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }

        return timeline;
    }

    private static bool IsTime(Timestamp at) =>
        at.Seconds >= FirstSecond && at.Seconds <= LastSecond && at.Nanos is >= 0 and < NanosecondsPerSecond;
}
