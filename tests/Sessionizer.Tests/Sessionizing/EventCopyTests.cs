using Google.Protobuf;
using Npgsql;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Storage;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Sessionizing;

/// <summary>How events get into the table: as the bytes they came in, and what a failure looks like.</summary>
public sealed class EventCopyTests(SessionizerDatabase database) : IClassFixture<SessionizerDatabase>
{
    [Theory]
    [InlineData(0)]
    [InlineData(70_000)]
    public async Task Events_of_any_size_are_stored_as_the_bytes_they_came_in(int titleLength)
    {
        var siteId = await database.AddSiteAsync();
        var message = new EventsAccepted { Partition = 1 };
        for (var minute = 0; minute < 500; minute += 100)
            message.Events.Add(Of(siteId, minute, titleLength));
        var bytes = message.ToByteArray();
        var arrived = EventsAccepted.Parser.ParseFrom(bytes);
        arrived.KeepEncoded(bytes);

        await CopyAsync(arrived.Events);

        var stored = await database.ScalarAsync<byte[]>(
            "SELECT string_agg(event, '' ORDER BY occurred_at) FROM events WHERE site_id = $1", siteId);
        Assert.Equal(message.Events.SelectMany(e => e.ToByteArray()), stored);
        Assert.All(arrived.Events, e => Assert.Equal(e.ToByteArray(), e.Encoded.ToArray()));
    }

    [Fact]
    public async Task A_failure_is_that_of_the_database_so_that_it_is_known_whether_to_try_again()
    {
        var siteId = await database.AddSiteAsync();
        var twice = Of(siteId, 0, titleLength: 0);

        var error = await Assert.ThrowsAsync<PostgresException>(() => CopyAsync([twice, twice]));

        Assert.Equal(PostgresErrorCodes.UniqueViolation, error.SqlState);
    }

    [Fact]
    public void A_group_ends_the_walk_and_the_events_behind_it_are_encoded_anew()
    {
        var first = new EventsAccepted { Events = { Of("shop", 0, titleLength: 0) } }.ToByteArray();
        // Field 15, begin and end of a group.
        byte[] bytes = [.. first, 0x7B, 0x7C, .. first];
        var arrived = EventsAccepted.Parser.ParseFrom(bytes);

        arrived.KeepEncoded(bytes);

        Assert.Equal(arrived.Events[0].ToByteArray(), arrived.Events[0].Encoded.ToArray());
        Assert.True(arrived.Events[1].Encoded.IsEmpty);
    }

    private static AcceptedEvent Of(string siteId, double minute, int titleLength) => PageView(minute).With(e =>
    {
        e.Event.SiteId = siteId;
        e.Event.Title = new string('t', titleLength);
    });

    private async Task CopyAsync(IReadOnlyList<AcceptedEvent> events)
    {
        await new MonthPartitions(database.DataSource).EnsureAsync(
            events.Select(e => e.OccurredAt), CancellationToken.None);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await EventTable.CopyAsync(connection, events, CancellationToken.None);
    }
}
