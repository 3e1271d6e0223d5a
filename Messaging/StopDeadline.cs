using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace SessionPlatform.Messaging;

/// <summary>Cancels the work of consumers a <see cref="BusOptions.StopTimeout"/> after the stop began.</summary>
internal sealed class StopDeadline : IDisposable
{
    private readonly CancellationTokenSource expired;
    private readonly CancellationTokenRegistration registration;

    public StopDeadline(IHostApplicationLifetime lifetime, IOptions<BusOptions> options, TimeProvider time)
    {
        expired = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        registration = lifetime.ApplicationStopping.Register(() => expired.CancelAfter(options.Value.StopTimeout));
    }

    /// <summary>Cancelled at the deadline; messages that are not applied by then go back to their queue.</summary>
    public CancellationToken Expired => expired.Token;

    public void Dispose()
    {
        registration.Dispose();
        expired.Dispose();
    }
}
