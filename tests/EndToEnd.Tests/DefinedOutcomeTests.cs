using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.EndToEnd.Tests.Expected;
using SessionPlatform.EndToEnd.Tests.Suites;
using SessionPlatform.Oracle;

namespace SessionPlatform.EndToEnd.Tests;

/// <summary>
/// Tests that unusual situations have one defined outcome each. Bad events are in <see cref="BadInputTests"/>.
/// </summary>
[Collection(SuiteCollection.Name)]
public sealed class DefinedOutcomeTests(Suite suite)
{
    private static readonly Duration AnyAge = Duration.FromTimeSpan(TimeSpan.FromDays(36_500));
    private static readonly DateTimeOffset Morning = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, byte[], string> PoisonMessages => new()
    {
        { "sessionizer-events-0", [0xFF, 0x00, 0xFF], "sessionplatform.events.v1.EventsAccepted" },
        { "sessionizer-rejects", [0xFF, 0x00, 0xFF], "sessionplatform.events.v1.EventsRejected" },
        { "funnel-sessions-0", [0xFF, 0x00, 0xFF], "sessionplatform.sessions.v1.SessionsPublished" },
    };

    [Fact]
    public async Task Event_from_the_future_counts_at_its_receipt()
    {
        const string site = "future";
        await suite.CreateSiteAsync(site);
        var before = DateTimeOffset.UtcNow;
        var future = At(site, "future", minute: 0);
        future.ClientTime = Timestamp.FromDateTimeOffset(before + TimeSpan.FromMinutes(6));
        Assert.True((await TrackAsync(site, future)).Verdicts.Single().ClockClamped);
        var after = DateTimeOffset.UtcNow;

        await suite.WaitAsync();
        var session = Assert.Single(await SessionComparison.StoredSessionsAsync(suite, site));
        // Stored to the microsecond.
        Assert.InRange(session.StartedAt.ToDateTimeOffset(), before - TimeSpan.FromMicroseconds(1), after);
    }

    [Fact]
    public async Task Second_event_of_an_id_is_acknowledged_and_dropped_whatever_it_says()
    {
        const string site = "same-id";
        await suite.CreateSiteAsync(site);
        var first = At(site, "first", minute: 0);
        var stored = await TrackAsync(site, first);
        await suite.WaitAsync();
        var before = await SessionComparison.StoredSessionsAsync(suite, site);

        var other = At(site, "first", minute: 50);
        other.Kind = "purchase";
        other.Url = "/other";
        other.Revenue = new Money { Amount = "10", Currency = "EUR" };
        var dropped = await TrackAsync(site, other);
        Assert.True(dropped.Verdicts.Single().Accepted);
        Assert.Equal(stored.Verdicts.Single().EventId, dropped.Verdicts.Single().EventId);

        await suite.WaitAsync();
        Assert.Equal(before, await SessionComparison.StoredSessionsAsync(suite, site));
        await AssertSessionsAsync(site, first);
    }

    [Fact]
    public async Task Retracted_session_comes_back_under_its_id_with_a_higher_revision_and_what_came_meanwhile()
    {
        const string site = "retracted";
        await suite.CreateSiteAsync(site);
        List<Event> events = [At(site, "a", minute: 0), At(site, "b", minute: 40)];
        var apart = await TrackAndListAsync(site, events, events);
        Assert.Equal(2, apart.Count);

        // One in the middle makes them one: the second is retracted.
        var merged = await TrackAndListAsync(site, events, [At(site, "bridge", minute: 20)]);
        Assert.Equal(apart[0].SessionId, Assert.Single(merged).SessionId);
        Assert.True(merged[0].Revision > apart[0].Revision);

        // What belongs to the retracted one is part of the merged one, for now.
        merged = await TrackAndListAsync(site, events, [At(site, "c", minute: 45)]);
        Assert.Equal(4, Assert.Single(merged).Events);

        var end = At(site, "end", minute: 25);
        end.Kind = "session_end";
        var split = await TrackAndListAsync(site, events, [end]);
        Assert.Equal(apart.Select(session => session.SessionId), split.Select(session => session.SessionId));
        Assert.Equal([3, 2], split.Select(session => session.Events));
        Assert.True(split[0].Revision > merged[0].Revision);
        Assert.True(split[1].Revision > apart[1].Revision + 1, "Being retracted is a revision of its own.");
    }

    [Theory]
    [MemberData(nameof(PoisonMessages))]
    public async Task Poison_message_is_put_aside_and_everything_else_flows_on(string queue, byte[] poison, string type)
    {
        var site = $"poisoned-{queue}";
        await suite.CreateSiteAsync(site);
        await suite.Queues.PublishAsync(queue, poison, type);

        // Enough visitors to meet every partition.
        var events = Enumerable.Range(0, 24).Select(number =>
        {
            var pageView = At(site, $"event-{number}", minute: number);
            pageView.VisitorId = $"visitor-{number}";
            return pageView;
        }).ToArray();
        await TrackAsync(site, events);
        await suite.WaitAsync();
        await AssertSessionsAsync(site, events);

        Assert.Equal(poison, await suite.Queues.TakeAsync($"{queue}_error"));
        await suite.Queues.AssertEmptyAsync();
    }

    private static Event At(string site, string id, int minute) => new()
    {
        EventId = id,
        SiteId = site,
        VisitorId = "visitor",
        Kind = "pageview",
        Url = $"/{id}",
        ClientTime = Timestamp.FromDateTimeOffset(Morning.AddMinutes(minute)),
    };

    private async Task<TrackResponse> TrackAsync(string site, params IEnumerable<Event> events)
    {
        var request = new TrackRequest { MaxEventAge = AnyAge };
        request.Events.AddRange(events);
        var answer = await suite.Ingestion().TrackAsync(request, Suite.Present(suite.KeyOf(site, "ingest")));
        Assert.Equal(0u, answer.Rejected);
        return answer;
    }

    /// <summary>Sends more events, compares the sessions with a batch run and returns them in order of time.</summary>
    private async Task<List<Session>> TrackAndListAsync(string site, List<Event> all, IReadOnlyList<Event> more)
    {
        if (all != more)
            all.AddRange(more);
        await TrackAsync(site, more);
        await suite.WaitAsync();
        await AssertSessionsAsync(site, all);
        var stored = await SessionComparison.StoredSessionsAsync(suite, site);
        return [.. stored.OrderBy(session => session.StartedAt.ToDateTimeOffset())];
    }

    private Task AssertSessionsAsync(string site, params IEnumerable<Event> events) =>
        SessionComparison.AssertSessionsAsync(suite, site, SessionOracle.Sessions(
            events.Select(sent => OracleEvent.FromSent(sent, receivedAt: long.MaxValue / 2)), new OracleRules()));
}
