using System.Diagnostics;
using OpenTelemetry.Trace;

namespace SessionPlatform.ServiceDefaults;

/// <summary>
/// Begins so many traces a second and no more, whatever the load: one in full says more than all of them, and a receiver
/// that is given thousands of spans a second takes a core of its own. Of a trace that has begun somewhere it is not asked.
/// </summary>
internal sealed class TraceBudget(int perSecond, TimeProvider time) : Sampler
{
    private readonly Lock sync = new();
    private long second;
    private int begun;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        // A statement or call without a cause is a worker looking whether there is work, many times a second.
        if (samplingParameters.Kind == ActivityKind.Client)
            return new(SamplingDecision.Drop);
        lock (sync)
        {
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            if (now != second)
                (second, begun) = (now, 0);
            return new(begun++ < perSecond ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
        }
    }
}
