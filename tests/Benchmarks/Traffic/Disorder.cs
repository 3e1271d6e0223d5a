using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Benchmarks.Traffic;

/// <summary>The same events as an unreliable world delivers them. The same seed gives the same disorder.</summary>
internal static class Disorder
{
    private const double Hour = 3600;

    /// <summary>Each event up to an hour late, and a share of them once more, up to an hour after that.</summary>
    public static List<Event> Of(IEnumerable<Event> events, double repeatShare, int seed)
    {
        var random = new Random(seed);
        var arrivals = new List<(double At, Event Event)>();
        foreach (var each in events)
        {
            var at = each.ClientTime.Seconds + (each.ClientTime.Nanos / 1e9) + (Hour * random.NextDouble());
            arrivals.Add((at, each));
            if (random.NextDouble() < repeatShare)
                arrivals.Add((at + (Hour * random.NextDouble()), each));
        }

        arrivals.Sort((one, other) => one.At.CompareTo(other.At));
        return arrivals.ConvertAll(arrival => arrival.Event);
    }
}
