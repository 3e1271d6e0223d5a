using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Ingestion.Tests.UserAgents;
using SessionPlatform.Ingestion.UserAgents;

namespace SessionPlatform.Ingestion.Tests.Steps;

public sealed class RecogniseUserAgentTests
{
    private const string Chrome =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
        + "Safari/537.36";

    private static readonly UserAgentCache Known = new(userAgent => FetchedData.Parser.Parse(userAgent), 100);

    [FetchedFact]
    public void The_user_agent_of_the_event_or_else_of_the_client_tells_the_device()
    {
        var expected = new Device
        {
            Type = "desktop", Os = "Windows", OsVersion = "10", Browser = "Chrome", BrowserVersion = "126.0.0",
        };

        var own = Run(new Device { UserAgent = Chrome, Language = "de" }, new ClientInfo { UserAgent = "curl/8.5.0" });
        Assert.Equal(expected, own.SettledDevice);
        Assert.Equal("", own.Bot);

        var clients = Run(null, new ClientInfo { Ip = "192.0.2.1", UserAgent = Chrome });
        Assert.Equal(expected, clients.SettledDevice);
        Assert.Equal(Chrome, clients.Event.Device.UserAgent);
    }

    [FetchedFact]
    public void What_the_client_gives_wins_and_a_version_belongs_to_its_name()
    {
        Assert.Equal(
            new Device { Type = "kiosk", Os = "Windows", OsVersion = "10", Browser = "Own" },
            Run(new Device { UserAgent = Chrome, Type = "kiosk", Browser = "Own" }).SettledDevice);
        Assert.Equal(
            new Device
            {
                Type = "desktop", Os = "windows", OsVersion = "10", Browser = "Chrome", BrowserVersion = "1",
            },
            Run(new Device { UserAgent = Chrome, Os = "windows", BrowserVersion = "1" }).SettledDevice);
        Assert.Equal(
            new Device { Browser = "Own", BrowserVersion = "2" },
            Run(new Device { Browser = "Own", BrowserVersion = "2", Screen = "1x1" }).SettledDevice);
    }

    [FetchedFact]
    public void Where_the_client_adds_nothing_all_events_share_one_message()
    {
        var first = Run(new Device { UserAgent = Chrome }).SettledDevice;

        Assert.Same(first, Run(new Device { UserAgent = Chrome, Type = "desktop", Screen = "1x1" }).SettledDevice);
    }

    [FetchedFact]
    public void Neither_client_nor_user_agent_says_anything_and_nothing_is_settled()
    {
        Assert.Null(Run(null).SettledDevice);
        Assert.Null(Run(new Device { Language = "de" }).SettledDevice);
        Assert.Null(Run(new Device { UserAgent = "Browser/1" }).SettledDevice);
    }

    [FetchedTheory]
    [InlineData("curl/8.5.0", "192.0.2.1", null, "USER_AGENT")]
    [InlineData("curl/8.5.0", null, null, "USER_AGENT")]
    [InlineData(null, "192.0.2.1", "curl/8.5.0", "USER_AGENT")]
    [InlineData(Chrome, "192.0.2.1", "curl/8.5.0", "")]
    [InlineData(Chrome, "192.0.2.1", null, "")]
    [InlineData("Browser/1", "192.0.2.1", null, "")]
    [InlineData(null, "192.0.2.1", null, "NO_USER_AGENT")]
    [InlineData(" ", "192.0.2.1", null, "NO_USER_AGENT")]
    [InlineData(null, "", null, "")]
    [InlineData(null, null, null, "")]
    public void Crawlers_and_clients_without_user_agent_are_bots_and_accepted(
        string? own, string? ip, string? clients, string bot)
    {
        var accepted = Run(
            own is null ? null : new Device { UserAgent = own },
            ip is null && clients is null ? null : new ClientInfo { Ip = ip ?? "", UserAgent = clients ?? "" });

        Assert.Equal(bot, accepted.Bot);
    }

    [Fact]
    public void Without_the_data_what_the_client_says_stands_alone()
    {
        var context = Examples.Context() with { Client = new ClientInfo { Ip = "192.0.2.1" } };
        var sent = Examples.PageView();
        sent.Device = new Device { UserAgent = "curl/8.5.0", Type = "desktop" };
        var accepted = Examples.Run(sent, context).Accepted;

        Assert.Equal(new Device { Type = "desktop" }, accepted.SettledDevice);
        Assert.Equal("", accepted.Bot);
        Assert.Equal("NO_USER_AGENT", Examples.Run(Examples.PageView(), context).Accepted.Bot);
    }

    private static AcceptedEvent Run(Device? device, ClientInfo? client = null)
    {
        var sent = Examples.PageView();
        sent.Device = device;
        var draft = Examples.Run(sent, Examples.Context() with
        {
            Client = client, UserAgents = new BatchUserAgents(Known, TimeProvider.System),
        });
        Assert.Empty(draft.Violations);
        return draft.Accepted;
    }
}
