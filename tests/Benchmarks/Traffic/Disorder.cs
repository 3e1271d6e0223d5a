using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Benchmarks.Traffic;

/// <summary>Reorders and repeats events as an unreliable network does. Equal seeds give equal orders.</summary>
internal static class Disorder
{
    private const double Hour = 3600;

    /// <summary>Delays each event by up to an hour and repeats a share of them within another hour.</summary>
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
