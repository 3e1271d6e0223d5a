using Google.Protobuf;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.FunnelReports;

/// <summary>Reads the timeline out of a stored document, and leaves the rest of it unread.</summary>
internal static class Timelines
{
    private static readonly uint TimelineTag =
        WireFormat.MakeTag(SessionDocument.TimelineFieldNumber, WireFormat.WireType.LengthDelimited);

    /// <summary>Null: it cannot be read; the audit finds and mends it.</summary>
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
                timeline.Add(happened);
            }
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }

        return timeline;
    }
}
