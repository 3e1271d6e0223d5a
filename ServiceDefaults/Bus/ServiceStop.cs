using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace SessionPlatform.ServiceDefaults.Bus;

/// <summary>Tells consumers that the service stops, and when their time to finish is over.</summary>
internal sealed class ServiceStop : IDisposable
{
    private readonly CancellationTokenSource timeIsUp;
    private readonly CancellationTokenRegistration registration;

    public ServiceStop(IHostApplicationLifetime lifetime, IOptions<BusOptions> options, TimeProvider time)
    {
        timeIsUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        Requested = lifetime.ApplicationStopping;
        registration = Requested.Register(() => timeIsUp.CancelAfter(options.Value.StopTimeout));
    }

    /// <summary>The service stops: finish, start nothing anew.</summary>
    public CancellationToken Requested { get; }

    /// <summary>What is not finished now must be given up.</summary>
    public CancellationToken TimeIsUp => timeIsUp.Token;

    public void Dispose()
    {
        registration.Dispose();
        timeIsUp.Dispose();
    }
}
