using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Messaging;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Ingestion.Tests.Grpc;

public sealed class TrackTests : IAsyncLifetime
{
    private static readonly Metadata Ingest = IngestionHost.Key("shop-ingest");
    private IngestionHost host = null!;

    public async Task InitializeAsync() => host = await IngestionHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_call_is_answered_only_after_the_broker_confirmed_its_events()
    {
        host.Bus.Hold();
        var call = host.Client.TrackAsync(new TrackRequest { Events = { Examples.PageView() } }, Ingest).ResponseAsync;
        await Wait.UntilAsync(() => host.Bus.Started == 1);
        Assert.False(call.IsCompleted);
        host.Bus.Release();
        var response = await call;
        Assert.Equal((1u, 0u), (response.Accepted, response.Rejected));
        var accepted = Assert.Single(host.Bus.Events);
        Assert.Equal(new Guid(accepted.EventId.Span, bigEndian: true).ToString(), response.Verdicts.Single().EventId);
    }

    [Fact]
    public async Task Each_event_has_its_own_verdict_and_the_good_ones_are_published()
    {
        var events = new[] { Examples.PageView("/a"), Examples.PageView("/b"), Examples.PageView("/c"), new Event() };
        events[0].VisitorId = "";
        events[1].SiteId = "blog";
        events[2].ClientTime = new Timestamp { Seconds = 253_402_300_799 };
        var response = await host.Client.TrackAsync(new TrackRequest { Events = { events } }, Ingest);

        Assert.Equal([false, false, true, false], response.Verdicts.Select(verdict => verdict.Accepted));
        Assert.Equal(Reason.Required, response.Verdicts[0].Violations.Single().Reason);
        Assert.Equal(Reason.WrongSite, response.Verdicts[1].Violations.Single().Reason);
        Assert.True(response.Verdicts[2].ClockClamped);
        Assert.Equal(["site_id", "visitor_id", "kind"], response.Verdicts[3].Violations.Select(v => v.Field));
        Assert.Equal("/c", Assert.Single(host.Bus.Events).Path);
        Assert.Equal(
            [
                ("shop", "REQUIRED", "visitor_id", 1), ("shop", "WRONG_SITE", "site_id", 1),
                ("shop", "REQUIRED", "site_id", 1),
            ],
            host.Bus.Rejects.Select(reject => (reject.SiteId, reject.Reason, reject.Field, reject.Count)));
        Assert.Equal(events[0].ToByteString(), host.Bus.Rejects.First().Event);
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_does_not_harm_the_others()
    {
        var good = new TrackRequest { Events = { Examples.PageView() } }.ToByteArray();
        // Invalid UTF-8 in event_id; then bytes that are no message.
        byte[] request = [0x0A, 3, 0x0A, 1, 0xFF, .. good, 0x0A, 2, 0x0A, 0x7F, .. good];
        var response = await host.TrackRawAsync(request);

        Assert.Equal([false, true, false, true], response.Verdicts.Select(verdict => verdict.Accepted));
        foreach (var verdict in new[] { response.Verdicts[0], response.Verdicts[2] })
        {
            Assert.Equal(Reason.Malformed, Assert.Single(verdict.Violations).Reason);
            Assert.Equal("", verdict.EventId);
        }
        Assert.Equal(2, host.Bus.Events.Count());
        Assert.Equal(["MALFORMED", "MALFORMED"], host.Bus.Rejects.Select(reject => reject.Reason));
    }

    [Fact]
    public async Task A_url_of_10_MB_is_one_rejected_event_of_which_the_bytes_are_not_kept()
    {
        var large = Examples.PageView("/" + new string('x', 10_000_000));
        var request = new TrackRequest { Events = { large, Examples.PageView() } };
        var response = await host.Client.TrackAsync(request, Ingest);
        var violation = Assert.Single(response.Verdicts[0].Violations);
        Assert.Equal(("url", Reason.TooLong), (violation.Field, violation.Reason));
        Assert.True(response.Verdicts[1].Accepted);
        Assert.True(Assert.Single(host.Bus.Rejects).Event.IsEmpty);
    }

    [Fact]
    public async Task A_request_of_almost_32_MiB_is_taken_and_a_larger_one_is_refused()
    {
        var request = new TrackRequest { Events = { Examples.PageView("/" + new string('x', 33_000_000)) } };
        Assert.Equal(1u, (await host.Client.TrackAsync(request, Ingest)).Rejected);
        request.Events.Add(request.Events[0]);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.TrackAsync(request, Ingest));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task More_than_1000_events_are_refused_and_recorded()
    {
        var request = new TrackRequest();
        for (var count = 0; count < 1001; count++)
            request.Events.Add(Examples.PageView());
        var error = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.TrackAsync(request, Ingest));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("events", error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field);
        var reject = Assert.Single(host.Bus.Rejects);
        Assert.Equal(("shop", "BATCH_TOO_LARGE", 1001), (reject.SiteId, reject.Reason, reject.Count));
        Assert.Empty(host.Bus.Events);

        request.Events.RemoveAt(1000);
        Assert.Equal(1000u, (await host.Client.TrackAsync(request, Ingest)).Accepted);
    }

    [Fact]
    public async Task What_is_wrong_with_the_request_as_a_whole_is_told_by_field()
    {
        var request = new TrackRequest
        {
            SentAt = new Timestamp { Seconds = long.MaxValue },
            MaxEventAge = new Duration(),
            Client = new ClientInfo { Ip = new string('1', 46), UserAgent = new string('x', 1025) },
        };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.TrackAsync(request, Ingest));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(
            ["events", "sent_at", "max_event_age", "client.ip", "client.user_agent"],
            error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field));

        var malformed = await Assert.ThrowsAsync<RpcException>(() => host.TrackRawAsync([0x0A, 0x05, 1]));
        Assert.Equal(StatusCode.InvalidArgument, malformed.StatusCode);
    }

    [Fact]
    public async Task A_broker_that_is_away_or_full_acknowledges_nothing_and_says_when_to_retry()
    {
        var request = new TrackRequest { Events = { Examples.PageView() } };
        host.Bus.Fails = _ => new BrokerUnavailableException("away");
        var away = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.TrackAsync(request, Ingest));
        Assert.Equal(StatusCode.Unavailable, away.StatusCode);
        Assert.NotNull(away.GetRpcStatus()!.GetDetail<RetryInfo>());
        host.Bus.Fails = _ => null;
        Assert.Equal(1u, (await host.Client.TrackAsync(request, Ingest)).Accepted);

        await using var impatient = await IngestionHost.StartAsync(
            options => options.BackpressureTimeout = TimeSpan.Zero);
        impatient.Bus.Fails = _ => new BrokerFullException("full");
        var full = await Assert.ThrowsAsync<RpcException>(
            async () => await impatient.Client.TrackAsync(request, Ingest));
        Assert.Equal(StatusCode.ResourceExhausted, full.StatusCode);
        Assert.NotNull(full.GetRpcStatus()!.GetDetail<RetryInfo>());
    }

    [Fact]
    public async Task A_queue_that_is_full_for_a_moment_refuses_nobody()
    {
        var attempts = 0;
        host.Bus.Fails = message => message is EventsAccepted && Interlocked.Increment(ref attempts) <= 2
            ? new BrokerFullException("full")
            : null;
        var request = new TrackRequest { Events = { Examples.PageView() } };
        Assert.Equal(1u, (await host.Client.TrackAsync(request, Ingest)).Accepted);
        Assert.Equal(3, attempts);
        Assert.Single(host.Bus.Events);
    }

    [Fact]
    public async Task Rejects_that_cannot_be_recorded_fail_the_call_and_its_retry_counts_them_once()
    {
        var request = new TrackRequest { Events = { Examples.PageView(), new Event() } };
        var failedOnce = new List<RejectedEvent>();
        host.Bus.Fails = message =>
        {
            if (message is not EventsRejected rejected)
                return null;
            failedOnce.AddRange(rejected.Rejects);
            return new BrokerUnavailableException("away");
        };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.TrackAsync(request, Ingest));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        host.Bus.Fails = _ => null;
        await host.Client.TrackAsync(request, Ingest);
        Assert.Equal(failedOnce.Single().RejectId, host.Bus.Rejects.Single().RejectId);
        Assert.Single(host.Bus.Events.Select(accepted => accepted.EventId).Distinct());
    }

    [Fact]
    public async Task A_caller_that_leaves_does_not_take_the_events_of_others_with_it()
    {
        host.Bus.Hold();
        using var cancellation = new CancellationTokenSource();
        var leaving = host.Client.TrackAsync(
            new TrackRequest { Events = { Examples.PageView() } }, Ingest, cancellationToken: cancellation.Token);
        await Wait.UntilAsync(() => host.Bus.Started == 1);
        var staying = host.Client.TrackAsync(new TrackRequest { Events = { Examples.PageView() } }, Ingest);
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(() => leaving.ResponseAsync);
        host.Bus.Release();
        Assert.Equal(1u, (await staying).Accepted);
        await Wait.UntilAsync(() => host.Bus.Events.Count() == 2);
    }

    [Fact]
    public async Task Keys_decide_who_may_send_what()
    {
        var request = new TrackRequest { Events = { Examples.PageView() } };
        var blog = Examples.PageView();
        blog.SiteId = "blog";
        Assert.Equal(1u, (await host.Client.TrackAsync(request, IngestionHost.Key("shop-admin"))).Accepted);
        var platform = IngestionHost.Key(IngestionHost.PlatformKey);
        Assert.Equal(2u, (await host.Client.TrackAsync(
            new TrackRequest { Events = { Examples.PageView(), blog } }, platform)).Accepted);

        foreach (var (key, status) in new[]
            { ("unknown", StatusCode.Unauthenticated), ("shop-read", StatusCode.PermissionDenied) })
        {
            var error = await Assert.ThrowsAsync<RpcException>(
                async () => await host.Client.TrackAsync(request, IngestionHost.Key(key)));
            Assert.Equal(status, error.StatusCode);
        }
        await Wait.UntilAsync(() => host.Bus.Rejects.Count() == 2);
        Assert.Equal(
            [("", "WRONG_KEY", 1), ("shop", "WRONG_KEY", 1)],
            host.Bus.Rejects.Select(reject => (reject.SiteId, reject.Reason, reject.Count)).Order());
        Assert.Equal(3, host.Bus.Events.Count());
    }

    [Fact]
    public async Task A_checkpoint_is_behind_everything_acknowledged_in_every_partition()
    {
        for (var count = 0; count < 20; count++)
        {
            var sent = Examples.PageView();
            sent.VisitorId = $"visitor {count}";
            await host.Client.TrackAsync(new TrackRequest { Events = { sent } }, Ingest);
        }
        var platform = IngestionHost.Key(IngestionHost.PlatformKey);
        var placed = await host.Client.PlaceCheckpointAsync(new PlaceCheckpointRequest(), platform);

        var messages = host.Bus.Confirmed;
        Assert.Equal(4, placed.Partitions);
        Assert.All(
            messages.Take(messages.Count - 4), entry => Assert.Equal("", ((EventsAccepted)entry.Message).CheckpointId));
        Assert.Equal([0, 1, 2, 3], messages.TakeLast(4).Select(entry => entry.Partition).Order());
        Assert.All(messages.TakeLast(4), entry =>
        {
            var marker = (EventsAccepted)entry.Message;
            Assert.Equal((placed.CheckpointId, entry.Partition), (marker.CheckpointId, marker.Partition));
        });
        Assert.Equal(20, host.Bus.Events.Count());

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await host.Client.PlaceCheckpointAsync(new PlaceCheckpointRequest(), Ingest));
        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
    }

    [Fact]
    public async Task Stopping_flushes_what_no_caller_waits_for_any_more()
    {
        await using var slow = await IngestionHost.StartAsync(options => options.Linger = TimeSpan.FromSeconds(1));
        using var cancellation = new CancellationTokenSource();
        slow.Bus.Hold();
        var first = slow.Client.TrackAsync(
            new TrackRequest { Events = { Examples.PageView() } }, Ingest, cancellationToken: cancellation.Token);
        await Wait.UntilAsync(() => slow.Bus.Started == 1);
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(() => first.ResponseAsync);
        var stopped = slow.StopAsync();
        slow.Bus.Release();
        await stopped;
        Assert.Single(slow.Bus.Events);
    }
}
