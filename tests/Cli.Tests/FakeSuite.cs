using System.Collections.Concurrent;
using System.Text.Json;
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
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Tests;

/// <summary>Fakes of the public services with responses set by a test, and a state folder with their address.</summary>
internal sealed class FakeSuite : IAsyncDisposable
{
    public const string PlatformKey = "platform-key";

    private readonly ConcurrentDictionary<string, Func<IMessage, object>> answers = new();
    private WebApplication app = null!;

    private FakeSuite()
    {
    }

    public string State { get; } = Directory.CreateTempSubdirectory("sp-tests-").FullName;

    public ConcurrentQueue<(IMessage Request, string? Authorization)> Calls { get; } = new();

    public static async Task<FakeSuite> StartAsync()
    {
        // Away from the settings files of the services under test.
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = Path.GetTempPath() });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var suite = new FakeSuite();
        builder.Services.AddSingleton(suite);
        builder.Services.AddGrpc();
        var app = suite.app = builder.Build();
        app.MapGrpcService<FakeQuery>();
        app.MapGrpcService<FakeJobs>();
        app.MapGrpcService<FakeSites>();
        app.MapGrpcService<FakeIngestion>();
        await app.StartAsync();
        var service = new { grpc = app.Urls.Single() };
        await File.WriteAllTextAsync(
            Path.Combine(suite.State, "endpoints.json"),
            JsonSerializer.Serialize(new
            {
                platformKey = PlatformKey,
                services = new { query = service, sessionizer = service, ingestion = service },
            }));
        return suite;
    }

    /// <summary>Sets the response: a message, a sequence of messages for a stream, or an exception to throw.</summary>
    public void On<TRequest>(Func<TRequest, object> answer)
        where TRequest : IMessage =>
        answers[typeof(TRequest).Name] = request => answer((TRequest)request);

    public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        await Sp.RunAsync(State, arguments);

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Directory.Delete(State, recursive: true);
    }

    private object Respond(IMessage request, ServerCallContext context)
    {
        Calls.Enqueue((request, context.RequestHeaders.GetValue("authorization")));
        var answer = answers[request.GetType().Name](request);
        return answer is Exception exception ? throw exception : answer;
    }

    private Task<T> AnswerAsync<T>(IMessage request, ServerCallContext context) =>
        Task.FromResult((T)Respond(request, context));

    private async Task StreamAsync<T>(IMessage request, IServerStreamWriter<T> writer, ServerCallContext context)
    {
        foreach (var answer in (IEnumerable<T>)Respond(request, context))
            await writer.WriteAsync(answer, context.CancellationToken);
    }

    private sealed class FakeQuery(FakeSuite suite) : Query.QueryBase
    {
        public override Task<ListSessionsResponse> ListSessions(
            ListSessionsRequest request, ServerCallContext context) =>
            suite.AnswerAsync<ListSessionsResponse>(request, context);

        public override Task<GetSessionStatsResponse> GetSessionStats(
            GetSessionStatsRequest request, ServerCallContext context) =>
            suite.AnswerAsync<GetSessionStatsResponse>(request, context);

        public override Task<DefineFunnelResponse> DefineFunnel(
            DefineFunnelRequest request, ServerCallContext context) =>
            suite.AnswerAsync<DefineFunnelResponse>(request, context);

        public override Task<GetFunnelResultResponse> GetFunnelResult(
            GetFunnelResultRequest request, ServerCallContext context) =>
            suite.AnswerAsync<GetFunnelResultResponse>(request, context);

        public override Task<ListFunnelActorsResponse> ListFunnelActors(
            ListFunnelActorsRequest request, ServerCallContext context) =>
            suite.AnswerAsync<ListFunnelActorsResponse>(request, context);

        public override Task<ExplainFunnelResponse> ExplainFunnel(
            ExplainFunnelRequest request, ServerCallContext context) =>
            suite.AnswerAsync<ExplainFunnelResponse>(request, context);

        public override Task<ExplainSessionResponse> ExplainSession(
            ExplainSessionRequest request, ServerCallContext context) =>
            suite.AnswerAsync<ExplainSessionResponse>(request, context);

        public override Task<GetLatenessResponse> GetLateness(GetLatenessRequest request, ServerCallContext context) =>
            suite.AnswerAsync<GetLatenessResponse>(request, context);

        public override Task<GetReportResponse> GetReport(GetReportRequest request, ServerCallContext context) =>
            suite.AnswerAsync<GetReportResponse>(request, context);

        public override Task Watch(
            WatchRequest request, IServerStreamWriter<WatchResponse> responseStream, ServerCallContext context) =>
            suite.StreamAsync(request, responseStream, context);

        public override Task<MarkBotsResponse> MarkBots(MarkBotsRequest request, ServerCallContext context) =>
            suite.AnswerAsync<MarkBotsResponse>(request, context);

        public override Task Wait(
            WaitRequest request, IServerStreamWriter<WaitResponse> responseStream, ServerCallContext context) =>
            suite.StreamAsync(request, responseStream, context);
    }

    private sealed class FakeJobs(FakeSuite suite) : Jobs.JobsBase
    {
        public override Task Audit(
            AuditRequest request, IServerStreamWriter<AuditResponse> responseStream, ServerCallContext context) =>
            suite.StreamAsync(request, responseStream, context);

        public override Task PreviewRules(
            PreviewRulesRequest request,
            IServerStreamWriter<PreviewRulesResponse> responseStream,
            ServerCallContext context) =>
            suite.StreamAsync(request, responseStream, context);

        public override Task<GetReprocessResponse> GetReprocess(
            GetReprocessRequest request, ServerCallContext context) =>
            suite.AnswerAsync<GetReprocessResponse>(request, context);
    }

    private sealed class FakeIngestion(FakeSuite suite) : Ingestion.IngestionBase
    {
        public override async Task TrackStream(
            IAsyncStreamReader<TrackStreamRequest> requestStream,
            IServerStreamWriter<TrackStreamResponse> responseStream,
            ServerCallContext context)
        {
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                await responseStream.WriteAsync(
                    (TrackStreamResponse)suite.Respond(requestStream.Current, context), context.CancellationToken);
            }
        }
    }

    private sealed class FakeSites(FakeSuite suite) : Sites.SitesBase
    {
        public override Task<CreateSiteResponse> CreateSite(CreateSiteRequest request, ServerCallContext context) =>
            suite.AnswerAsync<CreateSiteResponse>(request, context);

        public override async Task<GetSiteResponse> GetSite(GetSiteRequest request, ServerCallContext context) =>
            await suite.AnswerAsync<GetSiteResponse>(request, context);

        public override Task<UpdateSiteRulesResponse> UpdateSiteRules(
            UpdateSiteRulesRequest request, ServerCallContext context) =>
            suite.AnswerAsync<UpdateSiteRulesResponse>(request, context);
    }
}

/// <summary>
/// Runs <c>sp</c> like a script, with captured streams and without a terminal unless a test sets one.
/// </summary>
internal static class Sp
{
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string state,
        string[] arguments,
        bool errorIsTerminal = false,
        TimeProvider? time = null,
        TextReader? input = null,
        CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var environment = new CliEnvironment
        {
            Input = input ?? TextReader.Null,
            Output = output,
            Error = error,
            OutputIsTerminal = false,
            ErrorIsTerminal = errorIsTerminal,
            Variable = name => name == "SESSIONPLATFORM_STATE" ? state : null,
            Time = time ?? TimeProvider.System,
        };
        var exitCode = await SpApplication.RunAsync(arguments, environment, cancellationToken);
        return (exitCode, output.ToString(), error.ToString());
    }
}
