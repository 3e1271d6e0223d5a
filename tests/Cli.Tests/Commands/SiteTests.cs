using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SessionPlatform.Cli.Settings;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Tests.Commands;

public sealed class SiteTests : IAsyncLifetime
{
    private FakeSuite suite = null!;

    public async Task InitializeAsync() => suite = await FakeSuite.StartAsync();

    public async Task DisposeAsync() => await suite.DisposeAsync();

    [Fact]
    public async Task Created_keys_are_printed_and_used_from_then_on()
    {
        suite.On<CreateSiteRequest>(request => new CreateSiteResponse
        {
            Site = new Site { SiteId = request.SiteId },
            Keys = { NewKey("i", Key.Types.Scope.Ingest), NewKey("r", Key.Types.Scope.Read) },
        });
        suite.On<GetSessionStatsRequest>(_ => new GetSessionStatsResponse());

        var (exitCode, output, _) = await suite.RunAsync("site", "create", "shop", "--timeout", "20m");
        await suite.RunAsync("stats", "--site", "shop");

        Assert.Equal(ExitCodes.Done, exitCode);
        Assert.Contains("secret-i", output, StringComparison.Ordinal);
        Assert.Contains("secret-r", output, StringComparison.Ordinal);
        Assert.Equal(
            [$"Bearer {FakeSuite.PlatformKey}", "Bearer secret-r"], suite.Calls.Select(call => call.Authorization));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Path.Combine(suite.State, "keys.json")));
        }
    }

    [Fact]
    public async Task Only_the_given_rules_change()
    {
        var before = new SiteRules
        {
            Timeout = Duration.FromTimeSpan(TimeSpan.FromMinutes(20)),
            Domains = { "a.example", "b.example" },
            TimeZone = "Europe/Zurich",
            Campaign = SiteRules.Types.CampaignPolicy.Any,
            ReferrerBoundaries = true,
        };
        suite.On<GetSiteRequest>(_ => new GetSiteResponse
        {
            Site = new Site { SiteId = "shop", Rules = before.Clone(), RulesVersion = 7, CreatedAt = new Timestamp() },
        });
        suite.On<UpdateSiteRulesRequest>(request => new UpdateSiteRulesResponse
        {
            Site = new Site { SiteId = "shop", Rules = request.Rules, RulesVersion = 8 },
        });

        var (exitCode, _, error) = await suite.RunAsync(
            "site", "rules", "shop", "--domain", "c.example", "--referrer-boundaries", "off", "--cart-page", "/bag/**");

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        var request = Assert.IsType<UpdateSiteRulesRequest>(suite.Calls.Last().Request);
        var expected = before.Clone();
        expected.Domains.Clear();
        expected.Domains.Add("c.example");
        expected.ReferrerBoundaries = false;
        expected.Ecommerce = new EcommercePages { Cart = { "/bag/**" } };
        Assert.Equal(expected, request.Rules);
        Assert.Equal(7, request.ExpectedVersion);
    }

    [Fact]
    public async Task Rules_that_changed_meanwhile_are_read_again()
    {
        var version = 1;
        suite.On<GetSiteRequest>(_ => new GetSiteResponse
        {
            Site = new Site { SiteId = "shop", Rules = new SiteRules(), RulesVersion = version },
        });
        suite.On<UpdateSiteRulesRequest>(request => request.ExpectedVersion < 3
            ? Later(new RpcException(new Status(StatusCode.Aborted, "Changed meanwhile.")))
            : new UpdateSiteRulesResponse { Site = new Site { Rules = request.Rules } });

        var (exitCode, _, _) = await suite.RunAsync("site", "rules", "shop", "--campaign", "off");

        Assert.Equal(ExitCodes.Done, exitCode);
        Assert.Equal(3, suite.Calls.Count(call => call.Request is UpdateSiteRulesRequest));

        Exception Later(Exception error)
        {
            version++;
            return error;
        }
    }

    [Fact]
    public void Keys_of_several_sites_and_scopes_are_kept_apart()
    {
        var store = new KeyStore(suite.State);
        store.Store("a", NewKey("ar", Key.Types.Scope.Read));
        store.Store("b", NewKey("bd", Key.Types.Scope.Admin));
        store.Store("a", NewKey("ar2", Key.Types.Scope.Read));

        Assert.Equal("secret-ar2", store.Find("a", Key.Types.Scope.Read));
        Assert.Null(store.Find("a", Key.Types.Scope.Ingest));
        Assert.Equal("secret-bd", store.Find("b", Key.Types.Scope.Ingest));

        store.Forget("b", "secret-b");
        Assert.Null(store.Find("b", Key.Types.Scope.Admin));
        Assert.Equal("secret-ar2", store.Find("a", Key.Types.Scope.Read));
    }

    private static NewKey NewKey(string name, params Key.Types.Scope[] scopes) => new()
    {
        Key = new Key { KeyId = $"secret-{name}", Scopes = { scopes } },
        Secret = $"secret-{name}",
    };
}
