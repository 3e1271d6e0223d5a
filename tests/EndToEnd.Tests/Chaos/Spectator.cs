using System.Collections.Concurrent;
using Grpc.Core;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.EndToEnd.Tests.Chaos;

/// <summary>
/// Asks Query for the number of events all the time: it never shrinks and is never more than there are, whoever dies.
/// </summary>
public sealed class Spectator(Query.QueryClient client, Metadata key, string site, int events)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>The latest number.</summary>
    public uint Events { get; private set; }

    public int Answers { get; private set; }

    /// <summary>The number of failed requests by status.</summary>
    public ConcurrentDictionary<StatusCode, int> Failures { get; } = [];

    /// <summary>Polls until it is cancelled; throws on a wrong number or a permanent error.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var options = new CallOptions(key, DateTime.UtcNow + Patience, cancellationToken);
                var stats = await client.GetSessionStatsAsync(new GetSessionStatsRequest { SiteId = site }, options);
                Assert.InRange(stats.Events, Events, (uint)events);
                Events = stats.Events;
                Answers++;
                await Task.Delay(Pause, cancellationToken);
            }
            catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
            {
                Failures.AddOrUpdate(exception.StatusCode, 1, (_, count) => count + 1);
                Assert.True(IsPassing(exception), $"Query answers {exception.Status}");
                await Task.Delay(Pause, CancellationToken.None);
            }
            catch (Exception ended) when (ended is RpcException or OperationCanceledException)
            {
                return;
            }
        }
    }

    // What a broken connection becomes in the client brings the exception along; from a server it would be a mistake.
    private static bool IsPassing(RpcException failure) =>
        failure.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded
        || failure.Status.DebugException is IOException or HttpRequestException;
}
