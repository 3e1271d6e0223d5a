using Google.Protobuf;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Sessions;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

public sealed class EventKeyTests
{
    [Fact]
    public void Time_comes_first_then_the_counter_then_the_bytes_of_the_id()
    {
        EventKey[] inOrder =
        [
            Key(-1, 9, "ff"), Key(0, 0, "00"), Key(0, 0, "01"), Key(0, 0, "7f"), Key(0, 0, "80"), Key(0, 0, "ff"),
            Key(0, 1, "00"), Key(1, 0, "00"),
        ];

        Assert.Equal(inOrder, inOrder.Reverse().Order());
    }

    [Fact]
    public void An_id_compares_from_its_first_byte_on()
    {
        var small = EventKey.Of(0, 0, Id(first: 1, last: 9));
        var great = EventKey.Of(0, 0, Id(first: 2, last: 0));

        Assert.True(small < great);
    }

    [Fact]
    public void An_id_comes_back_as_the_bytes_it_was_made_of()
    {
        var id = Id(first: 3, last: 200);

        Assert.Equal(id, EventKey.Of(new AcceptedEvent { EventId = id, Event = new Event() }).EventIdBytes());
    }

    [Fact]
    public void An_id_of_another_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => EventKey.Of(0, 0, ByteString.CopyFrom(1, 2, 3)));

    private static EventKey Key(long time, long sequence, string lastByte) =>
        EventKey.Of(time, sequence, Id(first: 0, last: Convert.ToByte(lastByte, 16)));

    private static ByteString Id(byte first, byte last)
    {
        var bytes = new byte[16];
        (bytes[0], bytes[15]) = (first, last);
        return ByteString.CopyFrom(bytes);
    }
}
