using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>Sends a single event by Track from time to time and measures the response time.</summary>
internal sealed class LoneCalls(RunningSuite suite, string siteId)
{
    // The number of calls of a median; a single fast response may be chance.
    private const int Few = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Measures the response time of one call.</summary>
    public async Task<TimeSpan> MedianAsync(CancellationToken cancellationToken)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < 4 * Few; i++)
            times.Add(await CallAsync(cancellationToken));
        return times.Order().ElementAt(times.Count / 2);
    }

    /// <summary>
    /// Returns the time until the median of the last few calls was at most <paramref name="most"/>; null when
    /// <paramref name="patience"/> ended first.
    /// </summary>
    public async Task<TimeSpan?> RecoverAsync(TimeSpan most, TimeSpan patience, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        var times = new Queue<TimeSpan>();
        while (Stopwatch.GetElapsedTime(begun) < patience)
        {
            times.Enqueue(await CallAsync(cancellationToken));
            if (times.Count > Few)
                times.Dequeue();
            if (times.Count == Few && times.Order().ElementAt(Few / 2) <= most)
                return Stopwatch.GetElapsedTime(begun);
        }

        return null;
    }

    // A refused call takes for ever.
    private async Task<TimeSpan> CallAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Pause, cancellationToken);
        var request = new TrackRequest
        {
            Events =
            {
                new Event
                {
                    EventId = Guid.NewGuid().ToString(), SiteId = siteId, VisitorId = "lone", Kind = "pageview",
                    ClientTime = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
                    Url = "https://shop.example/product/teapot",
                },
            },
        };
        var started = Stopwatch.GetTimestamp();
        try
        {
            await suite.Ingestion.TrackAsync(request, suite.AsPlatform(cancellationToken));
            return Stopwatch.GetElapsedTime(started);
        }
        catch (RpcException refused) when (!cancellationToken.IsCancellationRequested
            && refused.StatusCode is StatusCode.ResourceExhausted or StatusCode.Unavailable)
        {
            return TimeSpan.MaxValue;
        }
    }
}
