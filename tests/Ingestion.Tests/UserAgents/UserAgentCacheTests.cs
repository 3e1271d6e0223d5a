using System.Globalization;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Ingestion.UserAgents;

namespace SessionPlatform.Ingestion.Tests.UserAgents;

public sealed class UserAgentCacheTests
{
    private int parsed;

    [Fact]
    public void What_is_asked_again_is_the_same_answer_and_costs_no_memory()
    {
        var cache = new UserAgentCache(Parse, 100);
        var first = cache.GetOrParse("one");
        // As every event brings its own text.
        var again = new string("one".AsSpan());

        Assert.Same(first, cache.GetOrParse(again));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var times = 0; times < 1000; times++)
            cache.GetOrParse(again);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1, parsed);
    }

    [Fact]
    public void A_flood_of_others_stays_within_the_bound_and_what_is_met_often_stays()
    {
        var cache = new UserAgentCache(Parse, 100);
        cache.GetOrParse("often");
        for (var number = 0; number < 10_000; number++)
        {
            cache.GetOrParse(number.ToString(CultureInfo.InvariantCulture));
            Assert.InRange(cache.Count, 1, 100);
            if (number % 20 == 0)
                cache.GetOrParse("often");
        }

        Assert.Equal(10_001, parsed);
        cache.GetOrParse("0");
        Assert.Equal(10_002, parsed);
    }

    [Fact]
    public void Many_threads_get_the_right_answers_within_the_bound()
    {
        var cache = new UserAgentCache(Parse, 100);

        Parallel.For(0, 20_000, number =>
        {
            var userAgent = (number % 300).ToString(CultureInfo.InvariantCulture);
            Assert.Equal(userAgent, cache.GetOrParse(userAgent).Device!.Browser);
        });

        Assert.InRange(cache.Count, 1, 100 + Environment.ProcessorCount);
    }

    private UserAgentFacts Parse(string userAgent)
    {
        Interlocked.Increment(ref parsed);
        return new UserAgentFacts(new Device { Browser = userAgent }, false);
    }
}
