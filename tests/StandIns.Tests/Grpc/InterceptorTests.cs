using Grpc.Core;
using Grpc.Core.Interceptors;

namespace SessionPlatform.StandIns.Tests;

/// <summary>Interceptors run around calls of every shape.</summary>
public sealed class InterceptorTests : IAsyncLifetime
{
    private EchoServer _server = null!;

    public async Task InitializeAsync() => _server = await EchoServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Server_interceptor_passes_state_to_the_handler()
    {
        using var call = _server.Client.SayAsync(new Note());

        Assert.Equal("seen", (await call.ResponseHeadersAsync).GetValue("state-stamp"));
    }

    [Fact]
    public async Task Server_interceptor_surrounds_a_stream()
    {
        using var call = _server.Client.Count(new Note { Number = 2 });
        await foreach (var _ in call.ResponseStream.ReadAllAsync())
        {
        }

        Assert.Equal("streamed", call.GetTrailers().GetValue("stamp"));
    }

    [Fact]
    public async Task First_client_interceptor_sees_the_call_first()
    {
        var seen = new List<string>();
        var invoker = _server.Channel.Intercept(new Tracer("outer", seen), new Tracer("inner", seen));

        using var call = new Echo.EchoClient(invoker).SayAsync(new Note());
        var headers = await call.ResponseHeadersAsync;

        Assert.Equal(["outer Say", "inner Say"], seen);
        Assert.Equal("inner", headers.GetValue("x-tracer"));
    }

    [Fact]
    public async Task Client_interceptor_surrounds_every_shape_of_call()
    {
        var seen = new List<string>();
        var client = new Echo.EchoClient(_server.Channel.CreateCallInvoker().Intercept(new Tracer("t", seen)));

        client.Say(new Note());
        using var counted = client.Count(new Note());
        using var collected = client.Collect();
        await collected.RequestStream.CompleteAsync();
        await collected;
        using var chat = client.Chat();

        Assert.Equal(["t Say (blocking)", "t Count", "t Collect", "t Chat"], seen);
    }

    [Fact]
    public async Task Client_interceptor_may_replace_the_call()
    {
        var invoker = _server.Channel.Intercept(new Canned());

        using var call = new Echo.EchoClient(invoker).SayAsync(new Note());

        Assert.Equal("canned", (await call).Text);
        Assert.Equal("yes", call.GetTrailers().GetValue("x-canned"));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private sealed class Tracer(string name, List<string> seen) : Interceptor
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            seen.Add($"{name} {context.Method.Name} (blocking)");
            return continuation(request, context);
        }

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            seen.Add($"{name} {context.Method.Name}");
            var options = context.Options.WithHeaders(new Metadata { { "x-tracer", name } });
            return continuation(
                request, new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, options));
        }

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            seen.Add($"{name} {context.Method.Name}");
            return continuation(request, context);
        }

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            seen.Add($"{name} {context.Method.Name}");
            return continuation(context);
        }

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            seen.Add($"{name} {context.Method.Name}");
            return continuation(context);
        }
    }

    private sealed class Canned : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation) => new(
                Task.FromResult((TResponse)(object)new Note { Text = "canned" }),
                Task.FromResult(new Metadata()),
                () => Status.DefaultSuccess,
                () => new Metadata { { "x-canned", "yes" } },
                () => { });
    }
}
