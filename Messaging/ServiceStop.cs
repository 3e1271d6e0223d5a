using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace SessionPlatform.Messaging;

/// <summary>Tells consumers when their time to finish is over once the service stops.</summary>
internal sealed class ServiceStop : IDisposable
{
    private readonly CancellationTokenSource timeIsUp;
    private readonly CancellationTokenRegistration registration;

    public ServiceStop(IHostApplicationLifetime lifetime, IOptions<BusOptions> options, TimeProvider time)
    {
        timeIsUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        registration = lifetime.ApplicationStopping.Register(() => timeIsUp.CancelAfter(options.Value.StopTimeout));
    }

    /// <summary>What is not finished now must be given up.</summary>
    public CancellationToken TimeIsUp => timeIsUp.Token;

    public void Dispose()
    {
        registration.Dispose();
        timeIsUp.Dispose();
    }
}
