using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.EndToEnd.Tests.Suites;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;
using Status = Google.Rpc.Status;

namespace SessionPlatform.EndToEnd.Tests;

/// <summary>Each kind of bad input: its answer, the rest of the request unharmed, and the count of rejects.</summary>
[Collection(SuiteCollection.Name)]
public sealed class BadInputTests(Suite suite)
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(bytes => bytes, bytes => bytes);

    public static TheoryData<string, Action<Event>, string, Reason> BadEvents => new()
    {
        { "no-site", e => e.SiteId = "", "site_id", Reason.Required },
        { "other-site", e => e.SiteId = "somebody-elses", "site_id", Reason.WrongSite },
        { "no-visitor", e => e.VisitorId = "", "visitor_id", Reason.Required },
        { "ten-mb-url", e => e.Url = "/" + new string('x', 10_000_000), "url", Reason.TooLong },
        { "no-url", e => e.Url = "", "url", Reason.Required },
        { "nan-value", e => e.Value = double.NaN, "value", Reason.Invalid },
        { "infinite-value", e => e.Value = double.NegativeInfinity, "value", Reason.Invalid },
        {
            "nan-scroll", e => e.Engagement = new Engagement { ScrollDepthPercent = double.NaN },
            "engagement.scroll_depth_percent", Reason.Invalid
        },
        { "nan-property", e => e.Properties["size"] = Value.ForNumber(double.NaN), "properties[size]", Reason.Invalid },
        {
            "year-10000", e => e.ClientTime = new Timestamp { Seconds = 253_402_300_800 }, "client_time", Reason.Invalid
        },
        { "too-old", e => e.ClientTime = new Timestamp { Seconds = 1 }, "client_time", Reason.TooOld },
        { "odd-kind", e => e.Kind = "teleport", "kind", Reason.Invalid },
    };

    [Theory]
    [MemberData(nameof(BadEvents))]
    public async Task Bad_event_is_named_and_the_others_are_unharmed(
        string name, Action<Event> spoil, string field, Reason reason)
    {
        var site = $"bad-{name}";
        await suite.CreateSiteAsync(site);
        var bad = PageView(site, "bad");
        spoil(bad);
        var answer = await suite.Ingestion().TrackAsync(
            new TrackRequest { Events = { PageView(site, "before"), bad, PageView(site, "after") } }, Ingest(site));

        Assert.Equal((2u, 1u), (answer.Accepted, answer.Rejected));
        Assert.Equal([true, false, true], answer.Verdicts.Select(verdict => verdict.Accepted));
        Assert.Contains((field, reason), answer.Verdicts[1].Violations.Select(each => (each.Field, each.Reason)));
        Assert.All(answer.Verdicts[1].Violations, violation => Assert.NotEmpty(violation.Description));
        await AssertStoredAsync(site, "after", "before");
        await AssertRejectsAsync(site, NameOf(reason), events: 1);
    }

    [Fact]
    public async Task Text_that_is_not_utf8_is_malformed_and_the_others_are_unharmed()
    {
        const string site = "bad-utf8";
        await suite.CreateSiteAsync(site);
        var request = new TrackRequest();
        request.Events.AddRange([PageView(site, "before"), PageView(site, "spoilt"), PageView(site, "after")]);
        var sent = request.ToByteArray();
        var at = sent.AsSpan().IndexOf("spoilt"u8);
        sent[at] = 0xFF;

        var method = new Method<byte[], byte[]>(
            MethodType.Unary, "sessionplatform.ingestion.v1.Ingestion", "Track", Bytes, Bytes);
        using var call = suite.Channel("ingestion").CreateCallInvoker()
            .AsyncUnaryCall(method, null, new CallOptions(Ingest(site)), sent);
        var answer = TrackResponse.Parser.ParseFrom(await call.ResponseAsync);

        Assert.Equal([true, false, true], answer.Verdicts.Select(verdict => verdict.Accepted));
        Assert.Equal(Reason.Malformed, Assert.Single(answer.Verdicts[1].Violations).Reason);
        await AssertStoredAsync(site, "after", "before");
        await AssertRejectsAsync(site, "MALFORMED", events: 1);
    }

    [Fact]
    public async Task Time_in_the_year_9999_is_the_time_of_receipt_and_flagged()
    {
        const string site = "year-9999";
        await suite.CreateSiteAsync(site);
        var future = PageView(site, "future");
        future.ClientTime = Timestamp.FromDateTime(DateTime.SpecifyKind(new DateTime(9999, 12, 31), DateTimeKind.Utc));
        var answer = await suite.Ingestion().TrackAsync(new TrackRequest { Events = { future } }, Ingest(site));
        Assert.True(answer.Verdicts.Single().Accepted);
        Assert.True(answer.Verdicts.Single().ClockClamped);

        await suite.WaitAsync();
        var stored = await ListAsync(site);
        Assert.InRange(stored.Single().StartedAt.ToDateTimeOffset().Year, 2024, 2200);
    }

    [Fact]
    public async Task Request_of_1001_events_is_refused_whole()
    {
        const string site = "too-many";
        await suite.CreateSiteAsync(site);
        var request = new TrackRequest();
        request.Events.AddRange(Enumerable.Range(0, 1001).Select(number => PageView(site, $"visitor-{number}")));

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await suite.Ingestion().TrackAsync(request, Ingest(site)));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Equal("events", Assert.Single(ViolationsOf(failure)).Field);
        await AssertRejectsAsync(site, "BATCH_TOO_LARGE", events: 1001);
        await suite.WaitAsync();
        Assert.Empty(await ListAsync(site));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no-such-key")]
    public async Task Without_a_known_key_nobody_gets_in(string? key)
    {
        var metadata = key is null ? [] : Suite.Present(key);
        var request = new TrackRequest { Events = { PageView("any", "any") } };
        var sending = await Assert.ThrowsAsync<RpcException>(
            async () => await suite.Ingestion().TrackAsync(request, metadata));
        var reading = await Assert.ThrowsAsync<RpcException>(
            async () => await suite.Query().ListSessionsAsync(new ListSessionsRequest { SiteId = "any" }, metadata));
        Assert.Equal(
            (StatusCode.Unauthenticated, StatusCode.Unauthenticated), (sending.StatusCode, reading.StatusCode));
        await Eventually.GetAsync(
            () => RejectsAsync("", suite.PlatformKey()),
            counts => counts.Counts.Any(count => count is { Reason: "WRONG_KEY", Events: > 0 }));
    }

    [Fact]
    public async Task Key_of_another_site_neither_writes_nor_reads()
    {
        await suite.CreateSiteAsync("mine");
        await suite.CreateSiteAsync("theirs");
        var written = await suite.Ingestion().TrackAsync(
            new TrackRequest { Events = { PageView("mine", "visitor") } }, Ingest("theirs"));
        Assert.Equal(Reason.WrongSite, written.Verdicts.Single().Violations.Single().Reason);
        await AssertRejectsAsync("theirs", "WRONG_SITE", events: 1);

        var read = await Assert.ThrowsAsync<RpcException>(async () => await suite.Query().ListSessionsAsync(
            new ListSessionsRequest { SiteId = "mine" }, Suite.Present(suite.KeyOf("theirs", "admin"))));
        Assert.Equal(StatusCode.PermissionDenied, read.StatusCode);
        await suite.WaitAsync();
        Assert.Empty(await ListAsync("mine"));
    }

    [Fact]
    public async Task Key_without_the_scope_is_refused()
    {
        const string site = "scopes";
        await suite.CreateSiteAsync(site);
        var sending = await Assert.ThrowsAsync<RpcException>(async () => await suite.Ingestion().TrackAsync(
            new TrackRequest { Events = { PageView(site, "visitor") } }, Suite.Present(suite.KeyOf(site, "read"))));
        var reading = await Assert.ThrowsAsync<RpcException>(async () => await suite.Query().ListSessionsAsync(
            new ListSessionsRequest { SiteId = site }, Suite.Present(suite.KeyOf(site, "ingest"))));
        Assert.Equal(
            (StatusCode.PermissionDenied, StatusCode.PermissionDenied), (sending.StatusCode, reading.StatusCode));
        await AssertRejectsAsync(site, "WRONG_KEY", events: 1);
    }

    private static Event PageView(string site, string visitor) =>
        new() { SiteId = site, VisitorId = visitor, Kind = "pageview", Url = $"/{visitor}" };

    private static IEnumerable<BadRequest.Types.FieldViolation> ViolationsOf(RpcException failure) =>
        Status.Parser.ParseFrom(failure.Trailers.GetValueBytes("grpc-status-details-bin")).Details
            .Where(detail => detail.Is(BadRequest.Descriptor))
            .SelectMany(detail => detail.Unpack<BadRequest>().FieldViolations);

    private static string NameOf(Reason reason) =>
        Violation.Descriptor.EnumTypes[0].FindValueByNumber((int)reason).Name;

    private Metadata Ingest(string site) => Suite.Present(suite.KeyOf(site, "ingest"));

    private async Task<IEnumerable<Session>> ListAsync(string site) => (await suite.Query().ListSessionsAsync(
        new ListSessionsRequest { SiteId = site }, Suite.Present(suite.KeyOf(site, "read")))).Sessions;

    private async Task AssertStoredAsync(string site, params string[] visitors)
    {
        await suite.WaitAsync();
        var stored = await ListAsync(site);
        Assert.Equal(visitors, stored.Select(session => session.VisitorId).Order(StringComparer.Ordinal));
    }

    private async Task AssertRejectsAsync(string site, string reason, uint events)
    {
        // Rejects take a road of their own, which the checkpoint does not cover.
        var counts = await Eventually.GetAsync(
            () => RejectsAsync(site, suite.KeyOf(site, "read")), answer => answer.Total >= events);
        Assert.Equal(events, counts.Total);
        Assert.Equal((reason, events), (counts.Counts.Single().Reason, counts.Counts.Single().Events));
    }

    private async Task<GetRejectCountsResponse> RejectsAsync(string site, string key) =>
        await suite.Query().GetRejectCountsAsync(new GetRejectCountsRequest { SiteId = site }, Suite.Present(key));
}
