using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Query.Tests;

/// <summary>A call that reached a service behind.</summary>
internal sealed record SeenCall(string Method, string? Authorization, DateTime Deadline);

/// <summary>Sessionizer, Funnel and Ingestion in one: each test says what a method answers.</summary>
internal sealed class FakeServices : IAsyncDisposable
{
    public const string PlatformKey = "the-platform-key-of-the-tests";

    private readonly ConcurrentDictionary<string, Func<IMessage, ServerCallContext, Task<IMessage>>> answers = new();
    private WebApplication app = null!;

    private FakeServices()
    {
    }

    public ConcurrentQueue<SeenCall> Calls { get; } = new();

    public string Address => app.Urls.Single();

    /// <summary>Secrets and what they may do.</summary>
    public ConcurrentDictionary<string, ResolveKeyResponse> Keys { get; } = new();

    public static async Task<FakeServices> StartAsync()
    {
        // Away from the settings files of the services under test.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = Path.GetTempPath() });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var services = new FakeServices();
        builder.Services.AddSingleton(services);
        builder.Services.AddGrpc();
        var app = services.app = builder.Build();
        app.MapGrpcService<FakeSessions>();
        app.MapGrpcService<FakeFunnels>();
        app.MapGrpcService<FakeIngestion>();
        app.MapGrpcService<FakeSites>();
        await app.StartAsync();
        return services;
    }

    public string AddKey(string siteId, params Key.Types.Scope[] scopes)
    {
        var secret = $"{siteId}-{Guid.NewGuid():N}";
        Keys[secret] = new ResolveKeyResponse { Site = new Site { SiteId = siteId }, Scopes = { scopes } };
        return secret;
    }

    public void On<TRequest>(string method, Func<TRequest, ServerCallContext, Task<IMessage>> answer)
        where TRequest : IMessage =>
        answers[method] = (request, context) => answer((TRequest)request, context);

    public void On<TRequest>(string method, Func<TRequest, IMessage> answer)
        where TRequest : IMessage =>
        On<TRequest>(method, (request, _) => Task.FromResult(answer(request)));

    /// <summary>Forgets what earlier tests did.</summary>
    public void Reset()
    {
        answers.Clear();
        Calls.Clear();
    }

    public int CountOf(string method) => Calls.Count(call => call.Method == method);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<TResponse> AnswerAsync<TResponse>(IMessage request, ServerCallContext context)
        where TResponse : IMessage, new()
    {
        // "/sessionplatform.sessions.v1.Sessions/ListSessions" is "Sessions/ListSessions" here.
        var method = context.Method[(context.Method.LastIndexOf('.') + 1)..];
        Calls.Enqueue(new SeenCall(method, context.RequestHeaders.GetValue("authorization"), context.Deadline));
        return answers.TryGetValue(method, out var answer)
            ? (TResponse)await answer(request, context)
            : new TResponse();
    }

    private sealed class FakeSessions(FakeServices services) : Sessions.SessionsBase
    {
        public override Task<ListSessionsResponse> ListSessions(ListSessionsRequest request, ServerCallContext context) =>
            services.AnswerAsync<ListSessionsResponse>(request, context);

        public override Task<GetSessionResponse> GetSession(GetSessionRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetSessionResponse>(request, context);

        public override Task<GetSessionStatsResponse> GetSessionStats(
            GetSessionStatsRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetSessionStatsResponse>(request, context);

        public override Task<GetRejectCountsResponse> GetRejectCounts(
            GetRejectCountsRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetRejectCountsResponse>(request, context);

        public override Task<Contracts.Sessions.V1.GetCheckpointResponse> GetCheckpoint(
            Contracts.Sessions.V1.GetCheckpointRequest request, ServerCallContext context) =>
            services.AnswerAsync<Contracts.Sessions.V1.GetCheckpointResponse>(request, context);
    }

    private sealed class FakeFunnels(FakeServices services) : Funnels.FunnelsBase
    {
        public override Task<DefineFunnelResponse> DefineFunnel(DefineFunnelRequest request, ServerCallContext context) =>
            services.AnswerAsync<DefineFunnelResponse>(request, context);

        public override Task<ListFunnelsResponse> ListFunnels(ListFunnelsRequest request, ServerCallContext context) =>
            services.AnswerAsync<ListFunnelsResponse>(request, context);

        public override Task<GetFunnelResultResponse> GetFunnelResult(
            GetFunnelResultRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetFunnelResultResponse>(request, context);

        public override Task<GetDaysResponse> GetDays(GetDaysRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetDaysResponse>(request, context);

        public override Task<Contracts.Funnels.V1.GetCheckpointResponse> GetCheckpoint(
            Contracts.Funnels.V1.GetCheckpointRequest request, ServerCallContext context) =>
            services.AnswerAsync<Contracts.Funnels.V1.GetCheckpointResponse>(request, context);
    }

    private sealed class FakeIngestion(FakeServices services) : Contracts.Ingestion.V1.Ingestion.IngestionBase
    {
        public override Task<PlaceCheckpointResponse> PlaceCheckpoint(
            PlaceCheckpointRequest request, ServerCallContext context) =>
            services.AnswerAsync<PlaceCheckpointResponse>(request, context);
    }

    private sealed class FakeSites(FakeServices services) : Sites.SitesBase
    {
        public override Task<ResolveKeyResponse> ResolveKey(ResolveKeyRequest request, ServerCallContext context)
        {
            foreach (var (secret, answer) in services.Keys)
            {
                if (SHA256.HashData(Encoding.UTF8.GetBytes(secret)).AsSpan().SequenceEqual(request.SecretSha256.Span))
                    return Task.FromResult(answer);
            }

            throw new RpcException(new Status(StatusCode.NotFound, "No such key."));
        }
    }
}
