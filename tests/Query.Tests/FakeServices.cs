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
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Query.Tests;

/// <summary>A call that reached a fake service.</summary>
internal sealed record SeenCall(string Method, string? Authorization, DateTime Deadline);

/// <summary>
/// Fakes of Sessionizer, Funnel and Ingestion on one server; each test sets the answers of their methods.
/// </summary>
internal sealed partial class FakeServices : IAsyncDisposable
{
    public const string PlatformKey = "the-platform-key-of-the-tests";

    private readonly ConcurrentDictionary<string, Func<IMessage, ServerCallContext, Task<IMessage>>> answers = new();
    private readonly ConcurrentDictionary<string, Func<IMessage, ServerCallContext, IAsyncEnumerable<IMessage>>>
        streams = new();
    private WebApplication app = null!;

    private FakeServices()
    {
    }

    public ConcurrentQueue<SeenCall> Calls { get; } = new();

    public string Address => app.Urls.First();

    public string FunnelAddress => app.Urls.Last();

    /// <summary>Keys by secret, with their sites and scopes.</summary>
    public ConcurrentDictionary<string, ResolveKeyResponse> Keys { get; } = new();

    public static async Task<FakeServices> StartAsync()
    {
        // Away from the settings files of the services under test.
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = System.IO.Path.GetTempPath() });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // Sessionizer and Funnel both have jobs; the address tells which of them is meant.
            foreach (var _ in new[] { "sessionizer", "funnel" })
                kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var services = new FakeServices();
        builder.Services.AddSingleton(services);
        builder.Services.AddGrpc();
        var app = services.app = builder.Build();
        app.MapGrpcService<FakeSessions>();
        app.MapGrpcService<FakeFunnels>();
        app.MapGrpcService<FakeMetrics>();
        app.MapGrpcService<FakeJourneys>();
        app.MapGrpcService<FakeRetention>();
        app.MapGrpcService<FakeAttribution>();
        app.MapGrpcService<FakeIdentity>();
        app.MapGrpcService<FakeIngestion>();
        app.MapGrpcService<FakeJobs>();
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

    /// <summary>Sets the messages that a job streams, for example "FunnelJobs/Audit".</summary>
    public void OnStream<TRequest>(string method, Func<TRequest, ServerCallContext, IAsyncEnumerable<IMessage>> answer)
        where TRequest : IMessage =>
        streams[method] = (request, context) => answer((TRequest)request, context);

    public void OnStream<TRequest>(string method, params IMessage[] messages)
        where TRequest : IMessage =>
        OnStream<TRequest>(method, (_, _) => messages.ToAsyncEnumerable());

    /// <summary>Removes the answers and recorded calls of earlier tests.</summary>
    public void Reset()
    {
        streams.Clear();
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

    private async Task StreamAsync<TResponse>(
        IMessage request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context)
        where TResponse : IMessage
    {
        var method = JobOf(context);
        Calls.Enqueue(new SeenCall(method, context.RequestHeaders.GetValue("authorization"), context.Deadline));
        if (!streams.TryGetValue(method, out var answer))
            return;
        await foreach (var message in answer(request, context))
            await responseStream.WriteAsync((TResponse)message, context.CancellationToken);
    }

    private string JobOf(ServerCallContext context)
    {
        var isFunnel = new Uri(FunnelAddress).Port == context.GetHttpContext().Connection.LocalPort;
        return (isFunnel ? "Funnel" : "Sessionizer") + context.Method[(context.Method.LastIndexOf('.') + 1)..];
    }

    private sealed class FakeJobs(FakeServices services) : Jobs.JobsBase
    {
        public override Task Audit(
            AuditRequest request, IServerStreamWriter<AuditResponse> responseStream, ServerCallContext context) =>
            services.StreamAsync(request, responseStream, context);

        public override Task PreviewRules(
            PreviewRulesRequest request,
            IServerStreamWriter<PreviewRulesResponse> responseStream,
            ServerCallContext context) =>
            services.StreamAsync(request, responseStream, context);

        public override Task<GetReprocessResponse> GetReprocess(GetReprocessRequest request, ServerCallContext context)
        {
            services.Calls.Enqueue(new SeenCall(
                services.JobOf(context), context.RequestHeaders.GetValue("authorization"), context.Deadline));
            return Task.FromResult(new GetReprocessResponse { Reprocess = new() { RulesVersion = 7 } });
        }
    }

    private sealed class FakeSessions(FakeServices services) : Sessions.SessionsBase
    {
        public override Task<ListSessionsResponse> ListSessions(
            ListSessionsRequest request, ServerCallContext context) =>
            services.AnswerAsync<ListSessionsResponse>(request, context);

        public override Task<GetSessionResponse> GetSession(GetSessionRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetSessionResponse>(request, context);

        public override Task<GetSessionStatsResponse> GetSessionStats(
            GetSessionStatsRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetSessionStatsResponse>(request, context);

        public override Task<ExplainSessionResponse> ExplainSession(
            ExplainSessionRequest request, ServerCallContext context) =>
            services.AnswerAsync<ExplainSessionResponse>(request, context);

        public override Task<GetLatenessResponse> GetLateness(GetLatenessRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetLatenessResponse>(request, context);

        public override Task<GetRejectCountsResponse> GetRejectCounts(
            GetRejectCountsRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetRejectCountsResponse>(request, context);

        public override Task<Contracts.Sessions.V1.GetCheckpointResponse> GetCheckpoint(
            Contracts.Sessions.V1.GetCheckpointRequest request, ServerCallContext context) =>
            services.AnswerAsync<Contracts.Sessions.V1.GetCheckpointResponse>(request, context);
    }

    private sealed class FakeFunnels(FakeServices services) : Funnels.FunnelsBase
    {
        public override Task<DefineFunnelResponse> DefineFunnel(
            DefineFunnelRequest request, ServerCallContext context) =>
            services.AnswerAsync<DefineFunnelResponse>(request, context);

        public override Task<ListFunnelsResponse> ListFunnels(ListFunnelsRequest request, ServerCallContext context) =>
            services.AnswerAsync<ListFunnelsResponse>(request, context);

        public override Task<GetFunnelResultResponse> GetFunnelResult(
            GetFunnelResultRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetFunnelResultResponse>(request, context);

        public override Task<GetDaysResponse> GetDays(GetDaysRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetDaysResponse>(request, context);

        public override Task<GetFunnelReportResponse> GetFunnelReport(
            GetFunnelReportRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetFunnelReportResponse>(request, context);

        public override Task<ListFunnelActorsResponse> ListFunnelActors(
            ListFunnelActorsRequest request, ServerCallContext context) =>
            services.AnswerAsync<ListFunnelActorsResponse>(request, context);

        public override Task<ExplainFunnelResponse> ExplainFunnel(
            ExplainFunnelRequest request, ServerCallContext context) =>
            services.AnswerAsync<ExplainFunnelResponse>(request, context);

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
