using System.Globalization;

namespace SessionPlatform.EndToEnd.Tests.Chaos;

/// <summary>
/// How much chaos. Short by default; <c>./test --chaos DURATION --seed N</c> passes a duration and a seed.
/// </summary>
/// <param name="Seed">The same one makes the same events and the same plan.</param>
/// <param name="Duration">How long things die.</param>
/// <param name="Events">About how many events there are, each counted once.</param>
/// <param name="ServiceKills">How often each service dies.</param>
/// <param name="ServerStops">How often each of PostgreSQL and RabbitMQ is stopped.</param>
public sealed record ChaosSettings(int Seed, TimeSpan Duration, int Events, int ServiceKills, int ServerStops)
{
    private const int ShortEvents = 24_000;
    private const int LongEvents = 200_000;
    private const double LongMinutes = 10;

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(60);

    /// <summary>What the environment asks for.</summary>
    public static ChaosSettings OfEnvironment()
    {
        var seed = Variable("SESSIONPLATFORM_SEED") is { } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next(1, 1_000_000);
        return Variable("SESSIONPLATFORM_CHAOS_SECONDS") is { } seconds
            ? Long(seed, TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)))
            : new ChaosSettings(seed, Short, ShortEvents, ServiceKills: 2, ServerStops: 1);
    }

    private static ChaosSettings Long(int seed, TimeSpan duration)
    {
        var share = Math.Max(1, duration.TotalMinutes / LongMinutes);
        return new ChaosSettings(
            seed, duration, (int)(LongEvents * share), ServiceKills: (int)(10 * share), ServerStops: (int)(3 * share));
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
