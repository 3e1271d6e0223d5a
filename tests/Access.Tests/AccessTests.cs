using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Access.Tests;

public sealed class AccessTests : IAsyncLifetime
{
    private const string PlatformKey = "platform-key-of-the-test";

    private WebApplication? app;
    private GrpcChannel? channel;
    private string address = "";

    private Sites.SitesClient Client => new(channel);

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?> { ["Platform:Key"] = PlatformKey });
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.AddAccess();
        builder.Services.AddSingleton<IKeyDirectory, Keys>();
        builder.Services.AddGrpc(options => options.Interceptors.Add<AccessInterceptor>());
        app = builder.Build();
        app.MapGrpcService<Service>();
        app.MapGrpcService<SessionsService>();
        await app.StartAsync();
        address = app.Urls.Single();
        channel = GrpcChannel.ForAddress(address);
    }

    public async Task DisposeAsync()
    {
        channel?.Dispose();
        if (app is not null)
            await app.DisposeAsync();
    }

    [Theory]
    [InlineData(null, StatusCode.Unauthenticated)]
    [InlineData("Basic abc", StatusCode.Unauthenticated)]
    [InlineData("Bearer ", StatusCode.Unauthenticated)]
    [InlineData("Bearer unknown", StatusCode.Unauthenticated)]
    [InlineData("Bearer platform-key-of-the-tesT", StatusCode.Unauthenticated)]
    [InlineData("Bearer ingest", StatusCode.PermissionDenied)]
    [InlineData("Bearer read-other", StatusCode.PermissionDenied)]
    [InlineData("Bearer admin-other", StatusCode.PermissionDenied)]
    [InlineData("Bearer read", StatusCode.OK)]
    [InlineData("bearer read", StatusCode.OK)]
    [InlineData("Bearer admin", StatusCode.OK)]
    [InlineData("Bearer " + PlatformKey, StatusCode.OK)]
    public async Task Only_a_key_of_the_site_with_the_scope_or_the_platform_may_read(
        string? authorization, StatusCode expected)
    {
        Assert.Equal(expected, await StatusOfAsync(authorization, new GetSessionRequest { SiteId = "shop" }));
    }

    [Fact]
    public async Task Only_the_platform_may_do_what_takes_the_platform()
    {
        var admin = await Assert.ThrowsAsync<RpcException>(
            async () => await Client.ListSitesAsync(new ListSitesRequest(), Headers("Bearer admin")));
        Assert.Equal(StatusCode.PermissionDenied, admin.StatusCode);

        await Client.ListSitesAsync(new ListSitesRequest(), Headers($"Bearer {PlatformKey}"));
    }

    [Fact]
    public async Task A_caller_without_a_key_is_told_what_to_send()
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await Client.ListSitesAsync(new ListSitesRequest()));

        Assert.Contains("authorization: Bearer KEY", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_reads_every_violation_by_field()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await Client.CreateSiteAsync(new CreateSiteRequest(), Headers($"Bearer {PlatformKey}")));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(
            ["site_id", "rules.timeout"],
            error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field));
    }

    [Fact]
    public async Task A_client_reads_when_to_try_again()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await Client.CreateKeyAsync(new CreateKeyRequest(), Headers($"Bearer {PlatformKey}")));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), error.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
        Assert.Equal("2000", error.Trailers.GetValue("grpc-retry-pushback-ms"));
    }

    [Fact]
    public async Task Services_present_the_platform_key_to_each_other_and_see_revoked_keys_and_unknown_sites()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Platform:Key"] = PlatformKey,
            ["services:sessionizer:grpc:0"] = address,
        });
        builder.Services.AddLogging();
        builder.AddRemoteDirectories();
        using var host = builder.Build();
        var keys = host.Services.GetRequiredService<IKeyDirectory>();
        var sites = host.Services.GetRequiredService<ISiteDirectory>();

        var caller = await keys.FindAsync("read", CancellationToken.None);

        Assert.Equal("shop", caller!.Site!.SiteId);
        Assert.Equal([Key.Types.Scope.Read], caller.Scopes);
        Assert.Null(await keys.FindAsync("revoked", CancellationToken.None));
        Assert.Equal("shop", (await sites.FindAsync("shop", CancellationToken.None))!.SiteId);
        Assert.Null(await sites.FindAsync("none", CancellationToken.None));
    }

    private async Task<StatusCode> StatusOfAsync(string? authorization, GetSessionRequest request)
    {
        try
        {
            await new Sessions.SessionsClient(channel).GetSessionAsync(request, Headers(authorization));
            return StatusCode.OK;
        }
        catch (RpcException error)
        {
            return error.StatusCode;
        }
    }

    private static Metadata Headers(string? authorization) =>
        authorization is null ? [] : new Metadata { { "authorization", authorization } };

    private sealed class Keys : IKeyDirectory
    {
        public static readonly Dictionary<string, Caller> All = new()
        {
            ["ingest"] = Of("shop", Key.Types.Scope.Ingest),
            ["read"] = Of("shop", Key.Types.Scope.Read),
            ["admin"] = Of("shop", Key.Types.Scope.Admin),
            ["read-other"] = Of("other", Key.Types.Scope.Read),
            ["admin-other"] = Of("other", Key.Types.Scope.Admin),
        };

        public ValueTask<Caller?> FindAsync(string secret, CancellationToken cancellationToken) =>
            ValueTask.FromResult(All.GetValueOrDefault(secret));

        private static Caller Of(string site, Key.Types.Scope scope) =>
            new(false, new Site { SiteId = site }, new HashSet<Key.Types.Scope> { scope });
    }

    private sealed class SessionsService : Sessions.SessionsBase
    {
        public override Task<GetSessionResponse> GetSession(GetSessionRequest request, ServerCallContext context) =>
            Task.FromResult(new GetSessionResponse());
    }

    private sealed class Service : Sites.SitesBase
    {
        public override Task<GetSiteResponse> GetSite(GetSiteRequest request, ServerCallContext context) =>
            request.SiteId == "shop"
                ? Task.FromResult(new GetSiteResponse { Site = new Site { SiteId = request.SiteId } })
                : throw GrpcErrors.NotFound("There is no such site.");

        public override Task<ListSitesResponse> ListSites(ListSitesRequest request, ServerCallContext context) =>
            Task.FromResult(new ListSitesResponse());

        public override Task<CreateSiteResponse> CreateSite(CreateSiteRequest request, ServerCallContext context)
        {
            var violations = new Violations();
            violations.Add("site_id", "Must be given.");
            violations.Add("rules.timeout", "Must be 1 s - 24 h.");
            violations.ThrowIfAny();
            return Task.FromResult(new CreateSiteResponse());
        }

        public override Task<CreateKeyResponse> CreateKey(CreateKeyRequest request, ServerCallContext context) =>
            throw GrpcErrors.Unavailable("The broker is away.", TimeSpan.FromSeconds(2));

        public override Task<ResolveKeyResponse> ResolveKey(ResolveKeyRequest request, ServerCallContext context)
        {
            var hash = System.Security.Cryptography.SHA256.HashData("read"u8);
            return request.SecretSha256.Span.SequenceEqual(hash)
                ? Task.FromResult(new ResolveKeyResponse
                {
                    Site = new Site { SiteId = "shop" },
                    Scopes = { Key.Types.Scope.Read },
                })
                : throw GrpcErrors.NotFound("The key is not known.");
        }
    }
}
