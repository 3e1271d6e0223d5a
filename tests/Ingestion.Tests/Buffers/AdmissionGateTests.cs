using SessionPlatform.Ingestion.Buffers;

namespace SessionPlatform.Ingestion.Tests.Buffers;

public sealed class AdmissionGateTests
{
    private readonly AdmissionGate gate = new(100);

    [Fact]
    public async Task Callers_wait_in_order_until_there_is_room()
    {
        await gate.EnterAsync(60, CancellationToken.None);
        var second = gate.EnterAsync(50, CancellationToken.None).AsTask();
        var third = gate.EnterAsync(10, CancellationToken.None).AsTask();
        Assert.False(second.IsCompleted);
        Assert.False(third.IsCompleted, "It would fit, but must not overtake: large requests would wait for ever.");
        gate.Leave(60);
        await second;
        await third;
        Assert.Equal(60, gate.Used);
    }

    [Fact]
    public async Task A_caller_that_gives_up_lets_the_next_one_in()
    {
        await gate.EnterAsync(60, CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var second = gate.EnterAsync(50, cancellation.Token).AsTask();
        var third = gate.EnterAsync(40, CancellationToken.None).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await third;
        Assert.Equal(100, gate.Used);
    }

    [Fact]
    public async Task What_is_larger_than_all_the_room_is_let_in_alone()
    {
        await gate.EnterAsync(1, CancellationToken.None);
        var large = gate.EnterAsync(gate.WeightOf(1000), CancellationToken.None).AsTask();
        Assert.False(large.IsCompleted);
        gate.Leave(1);
        await large;
        Assert.Equal(100, gate.Used);
    }
}
