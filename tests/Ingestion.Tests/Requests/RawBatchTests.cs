using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Ingestion.Requests;

namespace SessionPlatform.Ingestion.Tests.Requests;

public sealed class RawBatchTests
{
    [Fact]
    public void A_request_is_read_as_the_generated_code_reads_it() =>
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var request = new TrackRequest
            {
                SentAt = new Timestamp { Seconds = random.Next(), Nanos = random.Next() },
                Client = new ClientInfo { Ip = "192.0.2.1", UserAgent = "é" },
                MaxEventAge = new Duration { Seconds = random.Next() },
            };
            for (var count = random.Next(4); count > 0; count--)
                request.Events.Add(Examples.AnyValid(random));
            var batch = RawBatch.ReadTrackRequest(request.ToByteArray());
            Assert.Equal(
                (request.SentAt, request.Client, request.MaxEventAge), (batch.SentAt, batch.Client, batch.MaxEventAge));
            AssertEvents(request.Events, batch);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_batch_of_a_stream_is_read_as_the_generated_code_reads_it()
    {
        var request = new TrackStreamRequest
        {
            Sequence = long.MaxValue,
            Events = { Examples.PageView(), new Event() },
            SentAt = new Timestamp { Seconds = 1 },
            Client = new ClientInfo { Ip = "192.0.2.1" },
            MaxEventAge = new Duration { Seconds = 2 },
        };
        var batch = RawBatch.ReadTrackStreamRequest(request.ToByteArray());
        Assert.Equal(
            (request.Sequence, request.SentAt, request.Client, request.MaxEventAge),
            (batch.Sequence, batch.SentAt, batch.Client, batch.MaxEventAge));
        AssertEvents(request.Events, batch);
    }

    [Fact]
    public void Fields_that_come_twice_are_merged_and_unknown_ones_passed_over()
    {
        byte[] bytes =
        [
            .. new TrackRequest { SentAt = new Timestamp { Seconds = 5 } }.ToByteArray(),
            .. new TrackRequest { SentAt = new Timestamp { Nanos = 7 } }.ToByteArray(),
            // Field 99 of each wire type that proto3 has.
            0x98, 0x06, 0x01, 0x99, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0x9A, 0x06, 0x01, 0xFF, 0x9D, 0x06, 1, 2, 3, 4,
        ];
        Assert.Equal(new Timestamp { Seconds = 5, Nanos = 7 }, RawBatch.ReadTrackRequest(bytes).SentAt);
    }

    [Theory]
    [InlineData("0A")]
    [InlineData("0A05AA")]
    [InlineData("0AFFFFFFFF0F")]
    [InlineData("0AFFFFFFFFFFFFFFFFFFFF01")]
    [InlineData("00")]
    [InlineData("0B0C")]
    [InlineData("1A030A01FF")]
    [InlineData("120108")]
    public void Bytes_that_are_no_request_are_told(string hex) =>
        Assert.Throws<InvalidDataException>(() => RawBatch.ReadTrackRequest(Convert.FromHexString(hex)));

    [Fact]
    public void Millions_of_events_are_counted_and_not_kept()
    {
        var bytes = new byte[2_000_000];
        for (var index = 0; index < bytes.Length; index += 2)
            bytes[index] = 0x0A;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(1_000_000, RawBatch.ReadTrackRequest(bytes).EventCount);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [InlineData("0A01FF")]
    [InlineData("0A03EDA080")]
    [InlineData("3A02C328")]
    [InlineData("B201070A01FF12021A00")]
    [InlineData("B201070A016B12031A01FF")]
    [InlineData("0A05AA")]
    [InlineData("A00100FF")]
    public void An_event_that_is_no_message_or_holds_text_that_is_not_utf8_is_not_read(string hex) =>
        Assert.Null(EventReader.Read(Convert.FromHexString(hex)));

    [Fact]
    public void A_replacement_character_that_was_sent_as_such_is_text() =>
        Assert.Equal("\uFFFD", EventReader.Read(new Event { Title = "\uFFFD" }.ToByteArray())!.Title);

    [Fact]
    public void Fields_of_another_version_are_left_out_and_nesting_is_bounded()
    {
        Assert.Equal(0, EventReader.Read([0x9A, 0x06, 0x01, 0xFF])!.CalculateSize());

        var value = Value.ForString("x");
        for (var depth = 0; depth < 200; depth++)
            value = Value.ForStruct(new Struct { Fields = { ["x"] = value } });
        Assert.Null(EventReader.Read(new Event { Properties = { ["x"] = value } }.ToByteArray()));
    }

    private static void AssertEvents(IReadOnlyList<Event> events, RawBatch batch)
    {
        Assert.Equal(events.Count, batch.EventCount);
        for (var ordinal = 0; ordinal < events.Count; ordinal++)
            Assert.Equal(events[ordinal], EventReader.Read(batch.Event(ordinal)));
    }
}
