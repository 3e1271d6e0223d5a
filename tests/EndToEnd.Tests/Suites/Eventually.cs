using System.Diagnostics;

namespace SessionPlatform.EndToEnd.Tests.Suites;

/// <summary>Asks again until the answer is as it will be; a test that waits too long fails.</summary>
public static class Eventually
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> isSettled)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (isSettled(answer))
                return answer;
            Assert.True(Stopwatch.GetElapsedTime(started) < Longest, $"Still {answer} after {Longest}.");
            await Task.Delay(Pause);
        }
    }
}
