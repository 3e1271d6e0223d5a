namespace SessionPlatform.Ingestion.Tests.Grpc;

internal static class Wait
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Returns as soon as the condition holds; fails when it does not for a minute.</summary>
    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    /// <inheritdoc cref="UntilAsync(Func{bool})" />
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!await condition())
            await timer.WaitForNextTickAsync(limit.Token);
    }
}
