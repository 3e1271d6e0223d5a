using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Oracle;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Sites;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

/// <summary>Rules, the events of one visitor in order of arrival, and how they are cut into batches.</summary>
/// <param name="Rules">At first.</param>
/// <param name="LaterRules">From a moment on.</param>
/// <param name="LaterFrom">That moment, in microseconds since 1970.</param>
public sealed record Scenario(
    SiteRules Rules,
    SiteRules LaterRules,
    long LaterFrom,
    IReadOnlyList<AcceptedEvent> Arrivals,
    int BatchSize,
    int ChunkSize,
    bool ClosesBetween)
{
    /// <summary>Both rules over time, for the product.</summary>
    internal RulesTimeline Timeline => new(
    [
        new(1, 0, SessionRules.From(SiteRulesDefaults.Complete(Rules))),
        new(2, LaterFrom, SessionRules.From(SiteRulesDefaults.Complete(LaterRules))),
    ]);

    /// <summary>Both rules over time, for the oracle.</summary>
    public OracleTimeline OracleTimeline => new(
    [
        new(0, OracleRules.From(SiteRulesDefaults.Complete(Rules))),
        new(LaterFrom, OracleRules.From(SiteRulesDefaults.Complete(LaterRules))),
    ]);

    public override string ToString() =>
        $"{Rules}\nfrom {LaterFrom}: {LaterRules}\n"
        + $"batches of {BatchSize}, chunks of {ChunkSize}, closes between: {ClosesBetween}\n"
        + string.Join('\n', Arrivals);
}

/// <summary>Random scenarios that dwell on what is hard: equal times, exact limits, every kind of boundary.</summary>
internal static class Scenarios
{
    private const long Second = 1_000_000;

    public static Arbitrary<Scenario> Arbitrary { get; } = Arb.From(Scenario(), Shrink);

    private static Gen<Scenario> Scenario() =>
        from rules in Rules()
        from later in Rules()
        from laterFrom in Gen.Elements(1, 60, 3600, 86_400, 10 * 86_400).Select(seconds => seconds * Second)
        from events in Gen.Sized(size => Gen.Choose(1, 2 + (size / 2)).SelectMany(count => Events(rules, count)))
        from arrivals in Arrivals(events)
        from batchSize in Gen.Choose(1, 8)
        from chunkSize in Gen.Choose(1, 4)
        from closes in Gen.Elements(true, false)
        from isHeavy in Gen.Elements(true, false, false, false, false, false, false, false)
        select new Scenario(
            rules, later, laterFrom, isHeavy ? Weighed(arrivals) : arrivals, batchSize, chunkSize, closes);

    private static Gen<SiteRules> Rules() =>
        from timeout in Gen.Elements(1, 30, 120)
        from maxDuration in Gen.Elements(10, 60, 1440)
        from campaign in Gen.Elements(
            SiteRules.Types.CampaignPolicy.BothPresent,
            SiteRules.Types.CampaignPolicy.Any,
            SiteRules.Types.CampaignPolicy.Off)
        from switches in Gen.Choose(0, 15)
        from engagedViews in Gen.Choose(1, 3)
        from ignored in Gen.Elements<string[]>(["paypal.com"], [])
        from midnight in Gen.Elements(false, false, true)
        from zone in Gen.Elements("UTC", "Europe/Zurich", "Pacific/Kiritimati", "America/St_Johns")
        from goals in Gen.Elements<Goal[]>(
            [],
            [],
            [
                new Goal { Name = "b", Path = "/B*" }, new Goal { Name = "click", Kind = "click", EventName = "" },
                new Goal { Name = "named", EventName = "b" },
            ])
        select new SiteRules
        {
            Timeout = Duration.FromTimeSpan(TimeSpan.FromMinutes(timeout)),
            MaxDuration = Duration.FromTimeSpan(TimeSpan.FromMinutes(maxDuration)),
            Campaign = campaign,
            ExplicitBoundaries = switches % 4 > 0,
            SessionKeyBoundaries = switches % 3 > 0,
            ReferrerBoundaries = switches % 5 > 0,
            Domains = { "brand.example" },
            IgnoredReferrers = new HostList { Hosts = { ignored } },
            EngagedDuration = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
            EngagedPageViews = engagedViews,
            Midnight = midnight,
            TimeZone = zone,
            Goals = { goals },
        };

    private static Gen<IReadOnlyList<AcceptedEvent>> Events(SiteRules rules, int count)
    {
        var timeout = rules.Timeout.Seconds * Second;
        var gaps = Gen.Frequency(
            (6, Gen.Elements(0, 0, 1, Second, 9 * Second, timeout / 2)),
            (3, Gen.Elements(timeout - 1, timeout, timeout + 1, timeout * 3)),
            (1, Gen.Elements(1, 2, 10).Select(days => days * 86_400 * Second)));
        return
            from distances in gaps.ListOf(count)
            from events in Event().ListOf(count)
            select Placed(distances, events);
    }

    // Ids get their number last, so they are unique and yet of any order among equal times.
    private static IReadOnlyList<AcceptedEvent> Placed(IEnumerable<long> distances, IEnumerable<AcceptedEvent> events)
    {
        var now = -5 * Second;
        return [.. distances.Zip(events, (distance, e) =>
        {
            now += distance;
            return e.With(placed => placed.OccurredAt = now);
        }).Select((e, number) => e.With(numbered => numbered.EventId = Numbered(numbered.EventId, number)))];
    }

    private static ByteString Numbered(ByteString id, int number) =>
        ByteString.CopyFrom([.. id.Span[..12], .. BitConverter.GetBytes(number)]);

    private static Gen<AcceptedEvent> Event() =>
        from kind in Gen.Frequency(
            (6, Gen.Constant("pageview")),
            (4, Gen.Elements("custom", "click", "scroll", "identify")),
            (1, Gen.Elements("conversion", "purchase", "session_start", "session_end")))
        from path in Gen.Elements("/", "/a", "/b")
        from utm in Often("", Gen.Elements("a", "A", "b", "-"))
        from referrer in Often("", Gen.Elements(
            "google.com", "news.example", TestEvents.OwnHost, "m.shop.example", "brand.example", "m.paypal.com"))
        from key in Often("", Gen.Elements("A", "B"))
        from user in Often("", Gen.Elements("u1", "u2"))
        from sequence in Gen.Elements(0, 0, 1, 2)
        from firstByte in Gen.Elements<byte>(0, 1, 128, 255)
        from name in Often("", Gen.Elements("b", "order"))
        from details in Gen.Choose(0, 31)
        from settled in Gen.Choose(0, 31)
        select TestEvents.Event(0, kind, path, utm == "-" ? "" : utm, referrer, key).With(e =>
        {
            e.EventId = ByteString.CopyFrom([firstByte, .. new byte[15]]);
            e.Event.Sequence = sequence;
            e.Event.UserId = user;
            e.Event.Name = name;
            AddDetails(e, details);
            AddSettled(e, settled);
            AddProperties(e, details ^ settled);
            (e.Channel, e.ChannelByRule) = settled % 8 == 3 ? ($"Own {settled % 3}", true) : (e.Channel, false);
            if (utm == "-")
                e.Utm = new Utm { Medium = "m", Campaign = "c", Term = "t" };
        });

    private static void AddDetails(AcceptedEvent e, int details)
    {
        if (details % 7 == 1)
            e.ClickIdKind = details % 2 == 0 ? "gclid" : "fbclid";
        if (details % 5 == 1)
            e.Event.Engagement = new Engagement { ScrollDepthPercent = details };
        if (details % 3 == 1)
            e.Event.Revenue = new Money
            {
                Amount = $"{details - 9}.{details:00}", Currency = details % 2 == 0 ? "CHF" : "eur",
            };
        if (details % 4 == 1)
            e.Event.Device = new Device { Browser = $"b{details}", Language = details % 8 == 1 ? "" : $"l{details}" };
        if (details % 6 == 1)
            e.Event.Geo = new Geo { Country = details % 12 == 1 ? "" : "CH", City = $"c{details}" };
    }

    private static void AddSettled(AcceptedEvent e, int settled)
    {
        if (settled % 3 == 1)
            (e.Event.Engagement ??= new Engagement()).LoadTimeMs = settled % 2 == 0 ? 0 : settled;
        if (settled % 4 == 1)
            e.SettledDevice = new Device
            {
                Type = settled % 8 == 1 ? "" : "tv", Os = $"o{settled}", OsVersion = $"{settled}",
                // No business of this message: it must have no effect.
                Language = "none",
            };
        if (settled % 4 == 2)
            e.SettledDevice = new Device { Browser = $"B{settled}", BrowserVersion = settled % 8 == 2 ? "" : "1" };
        if (settled > 26)
            e.Bot = settled % 2 == 0 ? "USER_AGENT" : "NO_USER_AGENT";
    }

    private static void AddProperties(AcceptedEvent e, int properties)
    {
        if (properties % 4 == 1)
            e.Event.Properties.Add($"p{properties}", Value.ForString(properties % 8 == 1 ? "" : "réd"));
        if (properties % 5 == 1)
            e.Event.Properties.Add("price", Value.ForNumber(properties - 9.5));
        if (properties % 6 == 1)
            e.Event.Properties.Add("seen", Value.ForBool(properties % 12 == 1));
    }

    // With so many bytes of properties that a session of some events has more than are kept; two of 128 KiB just fit.
    // All arrivals of an event weigh the same.
    private static IReadOnlyList<AcceptedEvent> Weighed(IReadOnlyList<AcceptedEvent> arrivals)
    {
        string[] texts = [new('x', 128 * 1024 - 1), new('é', 40_000), "", new('x', 128 * 1024 - 1), ""];
        foreach (var e in arrivals)
        {
            var text = texts[e.EventId.Span[^4] % texts.Length];
            if (text.Length > 0)
                e.Event.Properties["t"] = Value.ForString(text);
        }

        return arrivals;
    }

    private static Gen<string> Often(string usual, Gen<string> seldom) =>
        Gen.Frequency((5, Gen.Constant(usual)), (1, seldom));

    // Each event gets a place in the arrivals: its own, somewhat later, or anywhere; some arrive twice, and some of
    // those the second time with another clock.
    private static Gen<IReadOnlyList<AcceptedEvent>> Arrivals(IReadOnlyList<AcceptedEvent> events) =>
        from delays in Gen.Frequency(
            (5, Gen.Constant(0)), (2, Gen.Choose(0, 6)), (1, Gen.Choose(0, 1000))).ListOf(events.Count * 2)
        from repeats in Gen.Choose(0, 11).ListOf(events.Count)
        select Arranged(events, [.. delays], [.. repeats]);

    private static IReadOnlyList<AcceptedEvent> Arranged(
        IReadOnlyList<AcceptedEvent> events, List<int> delays, List<int> repeats) =>
        [.. events
            .Select((e, index) => (Event: e, At: index + delays[index]))
            .Concat(events
                .Select((e, index) => (Event: Again(e, repeats[index]), At: index + delays[events.Count + index]))
                .Where((_, index) => repeats[index] < 3))
            .OrderBy(arrival => arrival.At)
            .Select(arrival => arrival.Event)];

    private static AcceptedEvent Again(AcceptedEvent e, int repeat) =>
        repeat == 0 ? e.Clone().With(again => again.OccurredAt += 7 * Second) : e;

    private static IEnumerable<Scenario> Shrink(Scenario scenario)
    {
        var arrivals = scenario.Arrivals;
        for (var half = arrivals.Count / 2; half > 0; half /= 2)
        {
            for (var from = 0; from < arrivals.Count; from += half)
                yield return scenario with { Arrivals = [.. arrivals.Take(from), .. arrivals.Skip(from + half)] };
        }

        if (scenario.BatchSize > 1)
            yield return scenario with { BatchSize = 1 };
    }
}
