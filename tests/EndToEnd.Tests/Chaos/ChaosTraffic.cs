using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.EndToEnd.Tests.Expected;
using SessionPlatform.Oracle;

namespace SessionPlatform.EndToEnd.Tests.Chaos;

/// <summary>
/// The events of a run, settled by the seed alone: shuffled within two hours of event time, every tenth sent twice, in
/// batches of any size, by several gateways.
/// </summary>
public sealed class ChaosTraffic
{
    private const int EventsOfVisitor = 60;
    private const int EventsOfBurst = 400;
    private const int BurstsOneIn = 5_000;
    private const int SentTwiceOneIn = 10;
    private const int LargestBatch = 150;

    private static readonly TimeSpan Disorder = TimeSpan.FromHours(2);

    // Any age: the events are of the past.
    private static readonly Duration AnyAge = Duration.FromTimeSpan(TimeSpan.FromDays(36_500));

    // Mostly within a session; exactly the timeout, and one microsecond more.
    private static readonly long[] Pauses =
    [
        0, 1, 3_000_000, 15_000_000, 20_000_000, 45_000_000, 90_000_000, 90_000_000, 300_000_000, 600_000_000,
        1_800_000_000, 1_800_000_001, 5_000_000_000,
    ];

    private static readonly long[] PausesOfBurst = [0, 0, 0, 1, 1_000, 200_000];

    private ChaosTraffic(IReadOnlyList<Event> events, IReadOnlyList<IReadOnlyList<TrackStreamRequest>> gateways) =>
        (Events, Gateways) = (events, gateways);

    /// <summary>Each once.</summary>
    public IReadOnlyList<Event> Events { get; }

    /// <summary>What each gateway sends, in this order.</summary>
    public IReadOnlyList<IReadOnlyList<TrackStreamRequest>> Gateways { get; }

    public static ChaosTraffic Of(string site, int seed, int events, int gateways)
    {
        var random = new Random(seed);
        List<Event> all =
        [
            .. EventGenerator.Generate(
                site, random.Next(), "visitor", Math.Max(1, events / EventsOfVisitor), EventsOfVisitor, Pauses),
            .. EventGenerator.Generate(
                site, random.Next(), "burst", Math.Max(1, events / BurstsOneIn), EventsOfBurst, PausesOfBurst),
        ];
        var arrivals = all.Concat(all.Where(_ => random.Next(SentTwiceOneIn) == 0))
            .Select(sent => (Event: sent, At: Time(sent) + random.NextInt64((long)Disorder.TotalMicroseconds)))
            .OrderBy(arrival => arrival.At)
            .GroupBy(_ => random.Next(gateways), arrival => arrival.Event)
            .OrderBy(gateway => gateway.Key);
        return new ChaosTraffic(all, [.. arrivals.Select(gateway => Batches([.. gateway], random))]);
    }

    /// <summary>The sessions of a batch walk over all events.</summary>
    public IReadOnlyList<OracleSession> Sessions(OracleRules rules) => SessionOracle.Sessions(
        Events.Select(sent => OracleEvent.FromSent(sent, receivedAt: long.MaxValue / 2)), rules);

    private static List<TrackStreamRequest> Batches(IReadOnlyList<Event> events, Random random)
    {
        var batches = new List<TrackStreamRequest>();
        for (var at = 0; at < events.Count;)
        {
            var batch = new TrackStreamRequest { Sequence = batches.Count + 1, MaxEventAge = AnyAge };
            batch.Events.AddRange(events.Skip(at).Take(random.Next(1, LargestBatch + 1)));
            batches.Add(batch);
            at += batch.Events.Count;
        }

        return batches;
    }

    private static long Time(Event sent) => OracleEvent.Micros(sent.ClientTime);
}
