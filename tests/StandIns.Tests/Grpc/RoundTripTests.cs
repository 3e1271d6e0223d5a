using Grpc.Core;

namespace SessionPlatform.StandIns.Tests;

/// <summary>Each shape of call, through the official server and client on a real connection.</summary>
public sealed class RoundTripTests : IAsyncLifetime
{
    private EchoServer _server = null!;

    public async Task InitializeAsync() => _server = await EchoServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Unary_call_answers()
    {
        using var call = _server.Client.SayAsync(new Note { Text = "hello", Number = 7 });
        var answer = await call;

        Assert.Equal("/sessionplatform.standins.v1.Echo/Say hello", answer.Text);
        Assert.Equal(7, answer.Number);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Same(answer, await call.ResponseAsync);
    }

    [Fact]
    public void Blocking_unary_call_answers() => Assert.Equal(7, _server.Client.Say(new Note { Number = 7 }).Number);

    [Fact]
    public async Task Client_stream_is_collected()
    {
        using var call = _server.Client.Collect();
        for (var i = 1; i <= 100; i++)
            await call.RequestStream.WriteAsync(new Note { Number = i });
        await call.RequestStream.CompleteAsync();

        Assert.Equal(5050, (await call).Number);
    }

    [Fact]
    public async Task Server_stream_arrives_whole_and_in_order()
    {
        using var call = _server.Client.Count(new Note { Number = 1000 });
        var numbers = new List<int>();
        await foreach (var note in call.ResponseStream.ReadAllAsync())
            numbers.Add(note.Number);

        Assert.Equal(Enumerable.Range(1, 1000), numbers);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Duplex_stream_answers_each_message_and_ends_with_the_status_the_handler_set()
    {
        using var call = _server.Client.Chat();
        foreach (var text in (string[])["a", "b", "c"])
        {
            await call.RequestStream.WriteAsync(new Note { Text = text });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(text + "!", call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        var end = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OutOfRange, end.StatusCode);
        Assert.Equal("nothing left to say", end.Status.Detail);
    }

    [Fact]
    public async Task Metadata_travels_both_ways_as_header_and_trailer()
    {
        byte[] raw = [0, 1, 254, 255];
        var headers = new Metadata { { "X-Text", "plain" }, { "x-text", "second" }, { "x-raw-bin", raw } };
        using var call = _server.Client.SayAsync(new Note(), headers);

        var answered = await call.ResponseHeadersAsync;
        await call;

        foreach (var received in (Metadata[])[answered, call.GetTrailers()])
        {
            Assert.Equal(raw, received.GetValueBytes("x-raw-bin"));
            // HTTP allows a repeated header to be joined with a comma on the way.
            Assert.Equal("plain, second", string.Join(", ", received.GetAll("x-text").Select(entry => entry.Value)));
        }
    }

    [Fact]
    public async Task Failure_carries_status_and_trailers()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _server.Client.FailAsync(
            new Note { Number = (int)StatusCode.FailedPrecondition, Text = "not on a Sunday: ünïcode" }));

        Assert.Equal(StatusCode.FailedPrecondition, failure.StatusCode);
        Assert.Equal("not on a Sunday: ünïcode", failure.Status.Detail);
        Assert.Equal("wrong day", failure.Trailers.GetValue("x-reason"));
        Assert.Equal([0, 255, 7], failure.Trailers.GetValueBytes("x-raw-bin"));
    }

    [Theory]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.Unauthenticated)]
    public async Task Status_code_keeps_its_number(StatusCode code)
    {
        using var call = _server.Client.FailAsync(new Note { Number = (int)code });

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(code, failure.StatusCode);
        Assert.Equal(code, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Deadline_ends_the_call_on_both_sides()
    {
        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(300);

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await _server.Client.HangAsync(new Note(), deadline: deadline));

        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        await _server.Probe.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Cancellation_reaches_the_server()
    {
        using var cancellation = new CancellationTokenSource();
        using var call = _server.Client.HangAsync(new Note(), cancellationToken: cancellation.Token);
        await _server.Probe.Begun.Task.WaitAsync(TimeSpan.FromSeconds(10));

        await cancellation.CancelAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
        await _server.Probe.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Disposing_a_call_cancels_it()
    {
        var call = _server.Client.HangAsync(new Note());
        await _server.Probe.Begun.Task.WaitAsync(TimeSpan.FromSeconds(10));

        call.Dispose();

        await _server.Probe.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Message_over_the_size_limit_is_refused()
    {
        var note = new Note { Text = new string('x', EchoServer.MessageSizeLimit) };

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _server.Client.SayAsync(note));

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task Service_defined_by_hand_is_served()
    {
        using var call = _server.Channel.CreateCallInvoker()
            .AsyncUnaryCall(EchoServer.Reverse, null, new CallOptions(), "tops");

        Assert.Equal("spot", await call);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Compressed_messages_are_read_by_the_other_side(string encoding)
    {
        await using var server = await EchoServer.StartAsync(responseEncoding: encoding);
        var text = new string('z', 20_000);
        var headers = new Metadata { { "grpc-internal-encoding-request", encoding } };
        using var call = server.Client.SayAsync(new Note { Text = text }, headers);

        Assert.EndsWith(text, (await call).Text, StringComparison.Ordinal);
        Assert.Equal(encoding, (await call.ResponseHeadersAsync).GetValue("request-encoding"));
        Assert.Equal([encoding], server.Encodings.Seen);
    }

    [Fact]
    public async Task Call_credentials_add_their_headers()
    {
        var credentials = CallCredentials.FromInterceptor((context, metadata) =>
        {
            metadata.Add("authorization", $"Bearer for {context.MethodName}");
            return Task.CompletedTask;
        });
        using var call = _server.Client.SayAsync(new Note(), new CallOptions(credentials: credentials));

        Assert.Equal("Bearer for Say", (await call.ResponseHeadersAsync).GetValue("authorization-echo"));
    }
}
