using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Trace;

namespace SessionPlatform.ServiceDefaults.Tests;

public sealed class TraceBudgetTests
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void So_many_traces_begin_in_a_second_and_again_in_the_next()
    {
        var budget = new TraceBudget(3, time);

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => Begins(budget)));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => Begins(budget)));
    }

    [Fact]
    public void Workers_that_look_for_work_begin_none_and_take_nothing_of_the_budget()
    {
        var budget = new TraceBudget(1, time);

        Assert.Equal([false, false, true], new[] { ActivityKind.Client, ActivityKind.Client, ActivityKind.Server }
            .Select(kind => Begins(budget, kind)));
    }

    private static bool Begins(TraceBudget budget, ActivityKind kind = ActivityKind.Server) =>
        budget.ShouldSample(new SamplingParameters(default, ActivityTraceId.CreateRandom(), "any", kind)).Decision
            is SamplingDecision.RecordAndSample;
}
