using SessionPlatform.Ingestion.Buffers;

namespace SessionPlatform.Ingestion.Tests.Buffers;

public sealed class AdmissionLimiterTests
{
    private readonly AdmissionLimiter limiter = new(100);

    [Fact]
    public async Task Callers_wait_in_order_until_there_is_room()
    {
        await limiter.EnterAsync(60, CancellationToken.None);
        var second = limiter.EnterAsync(50, CancellationToken.None).AsTask();
        var third = limiter.EnterAsync(10, CancellationToken.None).AsTask();
        Assert.False(second.IsCompleted);
        Assert.False(third.IsCompleted, "It would fit, but must not overtake: large requests would wait for ever.");
        limiter.Leave(60);
        await second;
        await third;
        Assert.Equal(60, limiter.Used);
    }

    [Fact]
    public async Task A_caller_that_gives_up_lets_the_next_one_in()
    {
        await limiter.EnterAsync(60, CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var second = limiter.EnterAsync(50, cancellation.Token).AsTask();
        var third = limiter.EnterAsync(40, CancellationToken.None).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await third;
        Assert.Equal(100, limiter.Used);
    }

    [Fact]
    public async Task What_is_larger_than_all_the_room_is_let_in_alone()
    {
        await limiter.EnterAsync(1, CancellationToken.None);
        var large = limiter.EnterAsync(limiter.WeightOf(1000), CancellationToken.None).AsTask();
        Assert.False(large.IsCompleted);
        limiter.Leave(1);
        await large;
        Assert.Equal(100, limiter.Used);
    }
}
