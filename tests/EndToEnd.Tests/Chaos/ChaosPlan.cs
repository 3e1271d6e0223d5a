namespace SessionPlatform.EndToEnd.Tests.Chaos;

/// <summary>What can die.</summary>
public enum Victim
{
    Ingestion,
    Sessionizer,
    Funnel,
    Query,
    Postgres,
    RabbitMq,
}

/// <summary>One death.</summary>
/// <param name="Victim">Who dies.</param>
/// <param name="Downtime">How long it stays away.</param>
public sealed record Death(Victim Victim, TimeSpan Downtime);

/// <summary>Deaths at one moment.</summary>
public sealed record DeathsAt(TimeSpan At, IReadOnlyList<Death> Deaths);

/// <summary>Who dies when: settled by the seed alone.</summary>
public static class ChaosPlan
{
    // Every so many moments two die at once.
    private const int TogetherOneIn = 4;

    private static readonly TimeSpan LongestDowntime = TimeSpan.FromSeconds(2);

    public static IReadOnlyList<DeathsAt> Of(ChaosSettings settings)
    {
        var random = new Random(settings.Seed);
        var victims = Enum.GetValues<Victim>()
            .SelectMany(victim => Enumerable.Repeat(
                victim, victim is Victim.Postgres or Victim.RabbitMq ? settings.ServerStops : settings.ServiceKills))
            .ToArray();
        random.Shuffle(victims);
        var groups = Group(victims, random);
        return [.. groups.Select((group, at) => new DeathsAt(
            settings.Duration * ((at + random.NextDouble()) / groups.Count),
            [.. group.Select(victim => new Death(victim, LongestDowntime * random.NextDouble()))]))];
    }

    private static List<List<Victim>> Group(IEnumerable<Victim> victims, Random random)
    {
        var groups = new List<List<Victim>>();
        foreach (var victim in victims)
        {
            if (groups is [.., [var alone]] && alone != victim && random.Next(TogetherOneIn) == 0)
                groups[^1].Add(victim);
            else
                groups.Add([victim]);
        }

        return groups;
    }
}
