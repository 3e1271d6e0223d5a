using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Cli.Simulate;

/// <summary>
/// Generates the events of all visits in order of arrival: by time, except late ones, and with some duplicates. Keeps
/// only ongoing visits in memory.
/// </summary>
internal static class Arrivals
{
    private const int LongestDelaySeconds = 6 * 3600;
    private const ulong OfArrivals = ulong.MaxValue - 1;

    public static IEnumerable<Event> Of(IReadOnlyList<Visit> visits, SimulationOptions options)
    {
        var waiting = new PriorityQueue<Event, (long Arrival, long Ordinal)>();
        var ordinal = 0L;
        foreach (var visit in visits)
        {
            while (waiting.TryPeek(out var due, out var when) && when.Arrival < visit.Start)
            {
                waiting.Dequeue();
                yield return due;
            }

            var random = SeededRandom.For(options.Seed ^ OfArrivals, (ulong)visit.Visitor, (ulong)visit.Ordinal);
            foreach (var each in VisitStory.Tell(visit, options))
            {
                var arrival = each.ClientTime.Seconds * 1_000_000 + each.ClientTime.Nanos / 1000;
                if (random.Chance(options.LateShare))
                    arrival += Delay(random);
                waiting.Enqueue(each, (arrival, ordinal++));
                if (random.Chance(options.RepeatShare))
                    waiting.Enqueue(each, (arrival + Delay(random), ordinal++));
            }
        }

        while (waiting.TryDequeue(out var rest, out _))
            yield return rest;
    }

    // Most are late by seconds, a few by hours.
    private static long Delay(SeededRandom random) =>
        1_000_000L * random.Between(1, random.Chance(0.8) ? 120 : LongestDelaySeconds);
}
