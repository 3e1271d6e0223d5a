using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using SessionPlatform.Ingestion.Buffers;
using SessionPlatform.Ingestion.Configuration;

namespace SessionPlatform.Ingestion.Tests.Buffers;

public sealed class MessageBufferTests
{
    // Stands still unless a test moves it: a message lingers as long as the test wants, however busy the machine is.
    private readonly FakeTimeProvider time = new();
    private readonly Channel<Publish> publishes = Channel.CreateUnbounded<Publish>();
    private int left;

    [Fact]
    public async Task A_message_is_shared_by_callers_and_completes_all_of_them()
    {
        await using var buffer = Buffer(new IngestionOptions { MessageEvents = 3, Linger = TimeSpan.FromSeconds(1) });
        var (first, second) = (Open(), Open());
        buffer.Add(1, 10, first);
        buffer.Add(2, 10, second);
        buffer.Add(3, 10, first);
        first.EndShare();
        second.EndShare();
        var publish = await publishes.Reader.ReadAsync();
        Assert.Equal([1, 2, 3], publish.Items);
        Assert.False(first.Completion.IsCompleted);
        Assert.Equal(0, left);
        publish.Confirm.SetResult();
        Assert.Null(await first.Completion);
        Assert.Null(await second.Completion);
        Assert.Equal(2, left);
    }

    [Fact]
    public async Task A_message_that_is_not_full_is_published_after_it_lingered()
    {
        await using var buffer = Buffer(new IngestionOptions { Linger = TimeSpan.FromMilliseconds(1) });
        buffer.Add(1, 10, Open());
        Assert.False(publishes.Reader.TryRead(out _));
        time.Advance(TimeSpan.FromMilliseconds(1));
        await AssertNextAsync([1]);
    }

    [Fact]
    public async Task A_message_is_full_by_bytes_too()
    {
        await using var buffer = Buffer(new IngestionOptions { MessageBytes = 1024, Linger = TimeSpan.FromSeconds(1) });
        var submission = Open();
        buffer.Add(1, 1000, submission);
        buffer.Add(2, 25, submission);
        await AssertNextAsync([1]);
        buffer.Add(3, 999, submission);
        await AssertNextAsync([2, 3]);
    }

    [Fact]
    public async Task A_failure_reaches_the_callers_of_the_message_and_no_others()
    {
        await using var buffer = Buffer(new IngestionOptions { MessageEvents = 2 });
        var (first, both, last) = (Open(), Open(), Open());
        buffer.Add(1, 1, first);
        buffer.Add(2, 1, both);
        buffer.Add(3, 1, both);
        buffer.Add(4, 1, last);
        first.EndShare();
        both.EndShare();
        last.EndShare();
        var messages = new[] { await publishes.Reader.ReadAsync(), await publishes.Reader.ReadAsync() };
        messages.Single(message => message.Items[0] == 1).Confirm.SetException(new IOException("away"));
        Assert.IsType<IOException>(await first.Completion);
        Assert.False(both.Completion.IsCompleted, "Its other message is still on its way.");
        messages.Single(message => message.Items[0] == 3).Confirm.SetResult();
        Assert.IsType<IOException>(await both.Completion);
        Assert.Null(await last.Completion);
    }

    [Fact]
    public async Task Only_so_many_messages_are_under_way_and_the_rest_fills_up()
    {
        await using var buffer = Buffer(new IngestionOptions
        {
            MessageEvents = 3,
            PublishesInFlight = 1,
            Linger = TimeSpan.Zero,
        });
        buffer.Add(1, 1, Open());
        var first = await publishes.Reader.ReadAsync();
        for (var item = 2; item <= 5; item++)
            buffer.Add(item, 1, Open());
        Assert.False(publishes.Reader.TryRead(out _));
        first.Confirm.SetResult();
        var second = await publishes.Reader.ReadAsync();
        Assert.Equal([2, 3, 4], second.Items);
        second.Confirm.SetResult();
        await AssertNextAsync([5]);
    }

    [Fact]
    public async Task Draining_publishes_what_is_left_and_waits_for_the_confirms()
    {
        await using var buffer = Buffer(new IngestionOptions { Linger = TimeSpan.FromSeconds(1) });
        var submission = Open();
        buffer.Add(1, 1, submission);
        submission.EndShare();
        var drained = buffer.DrainAsync(CancellationToken.None);
        var publish = await publishes.Reader.ReadAsync();
        Assert.False(drained.IsCompleted);
        publish.Confirm.SetResult();
        await drained;
        Assert.Null(await submission.Completion);
        await buffer.DrainAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Draining_gives_up_when_it_is_told_to()
    {
        await using var buffer = Buffer(new IngestionOptions { Linger = TimeSpan.FromSeconds(1) });
        var submission = Open();
        buffer.Add(1, 1, submission);
        submission.EndShare();
        using var cancellation = new CancellationTokenSource();
        var drained = buffer.DrainAsync(cancellation.Token);
        await publishes.Reader.ReadAsync();
        await cancellation.CancelAsync();
        await drained;
        Assert.IsAssignableFrom<OperationCanceledException>(await submission.Completion);
    }

    [Fact]
    public async Task A_message_is_published_in_the_trace_of_who_began_it_also_behind_another_one()
    {
        using var source = new ActivitySource(nameof(MessageBufferTests));
        using var listener = new ActivityListener
        {
            ShouldListenTo = each => each == source || each.Name == "SessionPlatform.Calls",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        await using var buffer = Buffer(new IngestionOptions { MessageEvents = 1, PublishesInFlight = 1 });
        var traces = new List<ActivityTraceId>();
        for (var item = 1; item <= 3; item++)
        {
            Activity.Current = null;
            using var call = source.StartActivity()!;
            traces.Add(call.TraceId);
            buffer.Add(item, 1, Open());
        }

        foreach (var trace in traces)
        {
            var publish = await publishes.Reader.ReadAsync();
            Assert.Equal(trace, publish.Trace);
            publish.Confirm.SetResult();
        }
    }

    private async Task AssertNextAsync(int[] items)
    {
        var publish = await publishes.Reader.ReadAsync();
        Assert.Equal(items, publish.Items);
    }

    private Submission Open() => new(() => Interlocked.Increment(ref left));

    private MessageBuffer<int> Buffer(IngestionOptions options) => new(
        async (items, cancellationToken) =>
        {
            var confirm = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var publish = new Publish([.. items], confirm, Activity.Current?.TraceId);
            await publishes.Writer.WriteAsync(publish, cancellationToken);
            await publish.Confirm.Task.WaitAsync(cancellationToken);
        },
        options,
        time);

    private sealed record Publish(int[] Items, TaskCompletionSource Confirm, ActivityTraceId? Trace);
}
