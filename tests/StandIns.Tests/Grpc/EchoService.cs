using Grpc.Core;

namespace SessionPlatform.StandIns.Tests;

/// <summary>Lets a test wait until a hanging call has begun, and until the server saw its end.</summary>
internal sealed class HangProbe
{
    public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

internal sealed class EchoService(HangProbe probe) : Echo.EchoBase
{
    /// <summary>Sends every <c>x-</c> request header back, as a header and as a trailer.</summary>
    public override async Task<Note> Say(Note request, ServerCallContext context)
    {
        var echoed = new Metadata();
        var marked = context.RequestHeaders.Where(entry => entry.Key.StartsWith("x-", StringComparison.Ordinal));
        foreach (var entry in marked)
        {
            echoed.Add(entry);
            context.ResponseTrailers.Add(entry);
        }

        foreach (var (key, value) in context.UserState)
            echoed.Add($"state-{key}", (string)value);
        echoed.Add("request-encoding", context.GetHttpContext().Request.Headers["grpc-encoding"].ToString());
        echoed.Add("authorization-echo", context.RequestHeaders.GetValue("authorization") ?? "");
        await context.WriteResponseHeadersAsync(echoed);
        return new Note { Text = $"{context.Method} {request.Text}", Number = request.Number };
    }

    public override async Task<Note> Collect(IAsyncStreamReader<Note> requestStream, ServerCallContext context)
    {
        var sum = 0;
        await foreach (var note in requestStream.ReadAllAsync(context.CancellationToken))
            sum += note.Number;
        return new Note { Number = sum };
    }

    public override async Task Count(Note request, IServerStreamWriter<Note> responseStream, ServerCallContext context)
    {
        responseStream.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
        for (var i = 1; i <= request.Number; i++)
            await responseStream.WriteAsync(new Note { Number = i }, context.CancellationToken);
    }

    public override async Task Chat(
        IAsyncStreamReader<Note> requestStream, IServerStreamWriter<Note> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext())
            await responseStream.WriteAsync(new Note { Text = requestStream.Current.Text + "!" });
        context.Status = new Status(StatusCode.OutOfRange, "nothing left to say");
    }

    public override Task<Note> Fail(Note request, ServerCallContext context) => throw new RpcException(
        new Status((StatusCode)request.Number, request.Text),
        new Metadata { { "x-reason", "wrong day" }, { "x-raw-bin", [0, 255, 7] } });

    public override async Task<Note> Hang(Note request, ServerCallContext context)
    {
        await using var registration = context.CancellationToken.Register(() => probe.Cancelled.TrySetResult());
        probe.Begun.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        return request;
    }
}
