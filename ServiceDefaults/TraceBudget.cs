using System.Diagnostics;
using OpenTelemetry.Trace;

namespace SessionPlatform.ServiceDefaults;

/// <summary>
/// Samples at most a given number of root traces per second, whatever the load: thousands of spans per second would
/// cost their receiver a core. Child spans follow their parent's decision, so this sampler does not see them.
/// </summary>
internal sealed class TraceBudget(int perSecond, TimeProvider time) : Sampler
{
    private readonly Lock sync = new();
    private long second;
    private int sampled;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        // A client span without a parent is a background worker that polls for work, many times a second.
        if (samplingParameters.Kind == ActivityKind.Client)
            return new(SamplingDecision.Drop);
        lock (sync)
        {
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            if (now != second)
                (second, sampled) = (now, 0);
            return new(sampled++ < perSecond ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
        }
    }
}
