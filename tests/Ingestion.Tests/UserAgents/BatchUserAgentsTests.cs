using Microsoft.Extensions.Time.Testing;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Ingestion.UserAgents;

namespace SessionPlatform.Ingestion.Tests.UserAgents;

public sealed class BatchUserAgentsTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void A_request_of_texts_made_to_be_slow_reads_no_more_of_them_than_a_second_holds()
    {
        var cache = new UserAgentCache(ReadIn(TimeSpan.FromSeconds(0.4)), 100);
        var request = new BatchUserAgents(cache, clock);
        Assert.All(["1", "2", "3"], userAgent => Assert.NotNull(request.GetOrParse(userAgent).Device));

        Assert.Equal(UserAgentFacts.None, request.GetOrParse("4"));
        Assert.NotNull(request.GetOrParse("1").Device);

        // It was not remembered as unknown.
        Assert.NotNull(new BatchUserAgents(cache, clock).GetOrParse("4").Device);
    }

    [Fact]
    public void What_is_remembered_takes_nothing_of_the_second()
    {
        var cache = new UserAgentCache(ReadIn(TimeSpan.FromSeconds(0.4)), 100);
        var request = new BatchUserAgents(cache, clock);
        for (var times = 0; times < 100; times++)
            Assert.Equal("1", request.GetOrParse("1").Device!.Browser);

        Assert.NotNull(request.GetOrParse("2").Device);
    }

    private Func<string, UserAgentFacts> ReadIn(TimeSpan duration) => userAgent =>
    {
        clock.Advance(duration);
        return new UserAgentFacts(new Device { Browser = userAgent }, false);
    };
}
