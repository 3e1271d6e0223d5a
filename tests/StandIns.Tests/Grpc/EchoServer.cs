using System.Net;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SessionPlatform.StandIns.Tests;

/// <summary>The echo service on a Kestrel of its own with a client of it: HTTP/2 without TLS, on loopback.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    public const int MessageSizeLimit = 64 * 1024;

    public static readonly Method<string, string> Reverse = new(
        MethodType.Unary,
        "sessionplatform.Handmade",
        "Reverse",
        Marshallers.StringMarshaller,
        Marshallers.StringMarshaller);

    private readonly WebApplication _app;

    private EchoServer(WebApplication app, GrpcChannel channel, ResponseEncodings encodings)
    {
        _app = app;
        Channel = channel;
        Encodings = encodings;
    }

    public GrpcChannel Channel { get; }

    public Echo.EchoClient Client => new(Channel);

    public HangProbe Probe => _app.Services.GetRequiredService<HangProbe>();

    public ResponseEncodings Encodings { get; }

    public static async Task<EchoServer> StartAsync(string? responseEncoding = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton<HangProbe>();
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = MessageSizeLimit;
            options.ResponseCompressionAlgorithm = responseEncoding;
            options.Interceptors.Add<StampInterceptor>();
        });
        var app = builder.Build();
        app.MapGrpcService<EchoService>();
        app.MapGrpcService(ServerServiceDefinition.CreateBuilder()
            .AddMethod(Reverse, (text, _) => Task.FromResult(new string([.. text.Reverse()])))
            .Build());
        await app.StartAsync();

        var encodings = new ResponseEncodings();
        var channel = GrpcChannel.ForAddress(app.Urls.Single(), new GrpcChannelOptions
        {
            HttpHandler = encodings,
            Credentials = ChannelCredentials.Insecure,
            UnsafeUseInsecureChannelCallCredentials = true,
        });
        return new EchoServer(app, channel, encodings);
    }

    public async ValueTask DisposeAsync()
    {
        await Channel.ShutdownAsync();
        Channel.Dispose();
        await _app.DisposeAsync();
    }

    /// <summary>Remembers the encoding of each response, which the client does not show to its callers.</summary>
    internal sealed class ResponseEncodings() : DelegatingHandler(new SocketsHttpHandler())
    {
        public List<string> Seen { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (response.Headers.TryGetValues("grpc-encoding", out var encodings))
                Seen.AddRange(encodings);
            return response;
        }
    }

    /// <summary>Leaves a note for the handler of a unary call, and marks the end of a stream.</summary>
    internal sealed class StampInterceptor : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            context.UserState["stamp"] = "seen";
            return continuation(request, context);
        }

        public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            await continuation(request, responseStream, context);
            context.ResponseTrailers.Add("stamp", "streamed");
        }
    }
}
