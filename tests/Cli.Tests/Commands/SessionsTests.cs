using System.Globalization;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Cli.Tests.Commands;

public sealed class SessionsTests : IAsyncLifetime
{
    private FakeSuite suite = null!;

    public async Task InitializeAsync() => suite = await FakeSuite.StartAsync();

    public async Task DisposeAsync() => await suite.DisposeAsync();

    [Fact]
    public async Task A_session_in_JSON_has_the_fields_that_scripts_rely_on()
    {
        suite.On<ListSessionsRequest>(_ => new ListSessionsResponse { Sessions = { Full() } });

        var session = (await SessionsAsync("--all"))[0];

        Assert.Equal("0b", session.GetProperty("sessionId").GetString());
        Assert.Equal("shop", session.GetProperty("siteId").GetString());
        Assert.Equal("v1", session.GetProperty("visitorId").GetString());
        Assert.Equal("2026-03-01T10:00:00.000001Z", session.GetProperty("startedAt").GetString());
        Assert.Equal("2026-03-01T10:00:12.500001Z", session.GetProperty("endedAt").GetString());
        Assert.Equal("12.500s", session.GetProperty("duration").GetString());
        Assert.Equal(3, session.GetProperty("pageViews").GetInt32());
        Assert.Equal(4, session.GetProperty("events").GetInt32());
        Assert.Equal("/", session.GetProperty("entryPage").GetString());
        Assert.Equal("/cart", session.GetProperty("exitPage").GetString());
        Assert.False(session.GetProperty("bounced").GetBoolean());
        Assert.True(session.GetProperty("converted").GetBoolean());
        Assert.Equal(1, session.GetProperty("conversions").GetInt32());
        Assert.True(session.GetProperty("engaged").GetBoolean());
        Assert.False(session.GetProperty("isNew").GetBoolean());
        Assert.Equal("FIRST_EVENT", session.GetProperty("startReason").GetString());
        Assert.Equal("TIMEOUT", session.GetProperty("endReason").GetString());
        Assert.Equal(2, session.GetProperty("revision").GetInt32());
        Assert.True(session.GetProperty("closed").GetBoolean());
        Assert.Equal("/", session.GetProperty("journey")[0].GetProperty("path").GetString());
        Assert.Equal("EUR", session.GetProperty("revenue")[0].GetProperty("currency").GetString());
        Assert.Equal("19.90", session.GetProperty("revenue")[0].GetProperty("amount").GetString());
        Assert.Equal("u1", session.GetProperty("userId").GetString());
        var attribution = session.GetProperty("attribution");
        Assert.Equal("news", attribution.GetProperty("utm").GetProperty("source").GetString());
        Assert.Equal("example.org", attribution.GetProperty("referrerHost").GetString());
    }

    [Fact]
    public async Task What_a_session_lacks_is_absent_and_what_is_zero_is_there()
    {
        suite.On<ListSessionsRequest>(
            _ => new ListSessionsResponse { Sessions = { new Session { SessionId = "0a" } } });

        var session = (await SessionsAsync("--all"))[0];

        foreach (var absent in new[] { "duration", "entryPage", "exitPage", "endReason", "userId" })
            Assert.False(session.TryGetProperty(absent, out _), absent);
        Assert.Equal(0, session.GetProperty("pageViews").GetInt32());
        Assert.False(session.GetProperty("closed").GetBoolean());
        Assert.Equal(0, session.GetProperty("revenue").GetArrayLength());
    }

    [Fact]
    public async Task All_goes_through_every_page_into_one_document()
    {
        suite.On<ListSessionsRequest>(Pages(1234));

        var sessions = await SessionsAsync("--all");

        Assert.Equal(Enumerable.Range(0, 1234).Select(number => $"{number}"), sessions.Select(IdOf));
    }

    [Fact]
    public async Task A_limit_is_kept_across_pages()
    {
        suite.On<ListSessionsRequest>(Pages(1234));

        Assert.Equal(701, (await SessionsAsync("--limit", "701")).Count);
        Assert.Equal(20, (await SessionsAsync()).Count);
    }

    [Fact]
    public async Task No_sessions_are_an_empty_list()
    {
        suite.On<ListSessionsRequest>(_ => new ListSessionsResponse());

        Assert.Empty(await SessionsAsync("--all"));
    }

    [Fact]
    public async Task Filters_and_times_reach_the_server()
    {
        suite.On<ListSessionsRequest>(_ => new ListSessionsResponse());

        await SessionsAsync(
            "--from", "2026-03-01", "--to", "2026-03-02", "--converted", "--bounced", "false", "--channel", "Direct",
            "--start-reason", "max-duration", "--min-page-views", "3");

        var request = Assert.IsType<ListSessionsRequest>(Assert.Single(suite.Calls).Request);
        Assert.Equal(
            new SessionFilter
            {
                Range = new TimeRange { From = At("2026-03-01"), To = At("2026-03-03") },
                Converted = true,
                Bounced = false,
                Channel = "Direct",
                StartReason = Session.Types.BoundaryReason.MaxDuration,
                MinPageViews = 3,
            },
            request.Filter);
    }

    [Fact]
    public async Task The_table_shows_markup_and_control_characters_as_text()
    {
        var session = Full();
        session.EntryPage = "/[red]\u001b[2J";
        suite.On<ListSessionsRequest>(_ => new ListSessionsResponse { Sessions = { session } });

        var (exitCode, output, _) = await suite.RunAsync("sessions", "--site", "shop", "--key", "k");

        Assert.Equal(ExitCodes.Done, exitCode);
        Assert.Contains("/[red]·[2J", output, StringComparison.Ordinal);
    }

    private static Session Full() => new()
    {
        SessionId = "0b",
        SiteId = "shop",
        VisitorId = "v1",
        StartedAt = At("2026-03-01T10:00:00.000001Z"),
        EndedAt = At("2026-03-01T10:00:12.500001Z"),
        Duration = Duration.FromTimeSpan(TimeSpan.FromSeconds(12.5)),
        PageViews = 3,
        Events = 4,
        EntryPage = "/",
        ExitPage = "/cart",
        Converted = true,
        Conversions = 1,
        Engaged = true,
        StartReason = Session.Types.BoundaryReason.FirstEvent,
        EndReason = Session.Types.BoundaryReason.Timeout,
        Revision = 2,
        Closed = true,
        Journey = { new JourneyStep { Path = "/", At = At("2026-03-01T10:00:00Z") } },
        Revenue = { new Money { Amount = "19.90", Currency = "EUR" } },
        UserId = "u1",
        Attribution = new Attribution { Utm = new Utm { Source = "news" }, ReferrerHost = "example.org" },
    };

    private static Timestamp At(string time) =>
        Timestamp.FromDateTimeOffset(Cli.Parsing.Times.Parse(time)!.Value);

    private static Func<ListSessionsRequest, object> Pages(int total) => request =>
    {
        var first = request.PageToken.Length == 0 ? 0 : int.Parse(request.PageToken, CultureInfo.InvariantCulture);
        var page = new ListSessionsResponse();
        var end = Math.Min(total, first + request.PageSize);
        for (var number = first; number < end; number++)
            page.Sessions.Add(new Session { SessionId = $"{number}" });
        page.NextPageToken = end < total ? $"{end}" : "";
        return page;
    };

    private static string? IdOf(JsonElement session) => session.GetProperty("sessionId").GetString();

    private async Task<List<JsonElement>> SessionsAsync(params string[] arguments)
    {
        var (exitCode, output, error) =
            await suite.RunAsync(["sessions", "--site", "shop", "--key", "k", "--json", .. arguments]);
        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        return [.. JsonDocument.Parse(output).RootElement.GetProperty("sessions").EnumerateArray()];
    }
}
