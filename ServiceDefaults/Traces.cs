using System.Diagnostics;

namespace SessionPlatform.ServiceDefaults;

/// <summary>Traces of calls that go on for hours, and of what is done for them later and elsewhere.</summary>
public static class Traces
{
    private static readonly ActivitySource Source = new("SessionPlatform.Calls");

    /// <summary>
    /// Begins a trace of its own, with a link to the call that it is a part of: one over the whole call would have no end.
    /// From here on nothing more is added to the trace that was current.
    /// </summary>
    /// <param name="name">What the part is.</param>
    /// <param name="call">Of the whole call, as it was current at its begin; null: nobody traces.</param>
    /// <returns>Dispose it at the end of the part. Null: nobody traces.</returns>
    public static Activity? BeginPart(string name, Activity? call)
    {
        Activity.Current = null;
        return Source.StartActivity(
            name, ActivityKind.Internal, default(ActivityContext), links: call is null ? null : [new(call.Context)]);
    }

    /// <summary>Goes on with a trace elsewhere, as a task that took over what was asked for does.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="asked">Where it was asked for; default: nobody traces.</param>
    /// <returns>Dispose it in the end. Null: nobody traces.</returns>
    public static Activity? GoOn(string name, ActivityContext asked)
    {
        Activity.Current = null;
        // As if it came from another process: of a trace that is not recorded nothing is, rather than the rest as a new one.
        var context = asked == default
            ? default
            : new ActivityContext(asked.TraceId, asked.SpanId, asked.TraceFlags, asked.TraceState, isRemote: true);
        return Source.StartActivity(name, ActivityKind.Internal, context);
    }
}
