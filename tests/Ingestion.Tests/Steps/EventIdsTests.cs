using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Ingestion.Steps;

namespace SessionPlatform.Ingestion.Tests.Steps;

public sealed class EventIdsTests
{
    [Theory]
    [InlineData("00112233-4455-6677-8899-aabbccddeeff")]
    [InlineData("00112233-4455-6677-8899-AABBCCDDEEFF")]
    public void A_uuid_in_any_case_is_its_16_bytes_in_network_order(string text)
    {
        var id = EventIds.Settle(new Event { EventId = text }, 0, 0);
        Assert.Equal("00112233445566778899AABBCCDDEEFF", Convert.ToHexString(id));
        Assert.Equal("00112233-4455-6677-8899-aabbccddeeff", EventIds.ToText(id));
    }

    [Theory]
    [InlineData("order-17")]
    [InlineData("{00112233-4455-6677-8899-aabbccddeeff}")]
    [InlineData("00112233445566778899aabbccddeeff")]
    [InlineData(" 0112233-4455-6677-8899-aabbccddeeff")]
    [InlineData("0x112233-4455-6677-8899-aabbccddeeff")]
    [InlineData("+0112233-4455-6677-8899-aabbccddeeff")]
    public void Any_other_string_stands_for_the_version_8_uuid_of_its_hash(string text)
    {
        var expected = SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16];
        expected[6] = (byte)(expected[6] % 16 + 0x80);
        expected[8] = (byte)(expected[8] % 64 + 0x80);
        Assert.Equal(expected, EventIds.Settle(new Event { EventId = text }, 0, 0));
    }

    [Fact]
    public void Without_an_id_the_same_content_gives_the_same_id_whenever_it_is_received() =>
        Assert.Equal(EventIds.Settle(Content(), 3, receivedAt: 1), EventIds.Settle(Content(), 3, receivedAt: 2));

    [Fact]
    public void Without_an_id_each_part_of_the_content_counts()
    {
        var ids = new List<byte[]> { EventIds.Settle(Content(), 0, 0), EventIds.Settle(Content(), 1, 0) };
        Action<Event>[] changes =
        [
            e => e.SiteId = "b", e => e.VisitorId = "b", e => e.Kind = "b", e => e.Name = "b", e => e.Url = "b",
            e => e.ClientTime = new Timestamp { Seconds = 8 },
            e => e.ClientTime = new Timestamp { Seconds = 7, Nanos = 1 },
            // Texts are told apart from their neighbours.
            e => (e.Kind, e.Name) = ("kindn", "ame"),
        ];
        foreach (var change in changes)
        {
            var changed = Content();
            change(changed);
            ids.Add(EventIds.Settle(changed, 0, 0));
        }
        Assert.Equal(ids.Count, ids.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public void Without_id_and_time_the_time_of_receipt_tells_events_apart()
    {
        var sent = Content();
        sent.ClientTime = null;
        Assert.NotEqual(
            EventIds.Settle(sent, 0, receivedAt: 7_000_000), EventIds.Settle(sent, 0, receivedAt: 7_000_001));
        Assert.NotEqual(EventIds.Settle(sent, 0, receivedAt: 7), EventIds.Settle(Content(), 0, receivedAt: 7));
    }

    private static Event Content() => new()
    {
        SiteId = "shop",
        VisitorId = "visitor",
        Kind = "kind",
        Name = "name",
        Url = "/",
        ClientTime = new Timestamp { Seconds = 7 },
    };
}
