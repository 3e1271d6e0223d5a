using System.Diagnostics;

namespace SessionPlatform.ServiceDefaults;

/// <summary>Traces of calls that last for hours, and of work that continues on another task.</summary>
public static class Traces
{
    private static readonly ActivitySource Source = new("SessionPlatform.Calls");

    /// <summary>
    /// Begins a new trace for one part of a long call, with a link to the call. The trace that was current receives no
    /// further spans.
    /// </summary>
    /// <param name="name">The name of the span.</param>
    /// <param name="call">The span of the whole call; null when the call is not traced.</param>
    /// <returns>The span, to be disposed at the end of the part; null when it is not sampled.</returns>
    public static Activity? BeginPart(string name, Activity? call)
    {
        Activity.Current = null;
        return Source.StartActivity(
            name, ActivityKind.Internal, default(ActivityContext), links: call is null ? null : [new(call.Context)]);
    }

    /// <summary>Continues a trace on another task, which took over the work.</summary>
    /// <param name="name">The name of the span.</param>
    /// <param name="asked">The span that requested the work; default when it is not traced.</param>
    /// <returns>The span, to be disposed at the end of the work; null when it is not sampled.</returns>
    public static Activity? GoOn(string name, ActivityContext asked)
    {
        Activity.Current = null;
        // A remote parent: when the trace is not sampled, the rest is not either, instead of starting a new trace.
        var context = asked == default
            ? default
            : new ActivityContext(asked.TraceId, asked.SpanId, asked.TraceFlags, asked.TraceState, isRemote: true);
        return Source.StartActivity(name, ActivityKind.Internal, context);
    }
}
