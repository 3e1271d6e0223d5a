using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using static SessionPlatform.Contracts.Funnels.V1.FunnelDefinition.Types;

namespace SessionPlatform.Funnel.Tests.Reports.FunnelReports;

/// <summary>Funnels of all kinds.</summary>
internal static class RandomFunnels
{
    public static HandFunnel Any(Random random, Unit unit)
    {
        var order = random.Next(4) switch { 0 => Order.Strict, 1 => Order.Unordered, _ => Order.Unspecified };
        var definition = new FunnelDefinition { Name = "any", Order = order, Unit = unit };
        if (random.Next(2) == 0)
            definition.Window = Duration.FromTimeSpan(TimeSpan.FromMinutes(random.Next(1, 6000)));
        var steps = new List<List<NamedPattern>>();
        for (var number = 0; number < random.Next(2, 5); number++)
        {
            var step = new FunnelStep { Name = $"s{number}", FirstTimeOnly = random.Next(8) == 0 };
            if (order != Order.Unordered && number > 0)
            {
                step.Optional = random.Next(4) == 0;
                if (random.Next(3) == 0)
                    step.Window = Duration.FromTimeSpan(TimeSpan.FromMinutes(random.Next(1, 3000)));
            }

            var patterns = Enumerable.Range(0, random.Next(1, 3)).Select(_ => Pattern(random)).ToList();
            step.AnyOf.Add(patterns.Select(pattern => pattern.Match));
            definition.Steps.Add(step);
            steps.Add(patterns);
        }

        var exclusions = new List<NamedPattern>();
        for (var number = random.Next(3); number > 0; number--)
        {
            var after = order == Order.Unordered ? 1 : random.Next(1, steps.Count);
            var before = order == Order.Unordered ? steps.Count : random.Next(after + 1, steps.Count + 1);
            exclusions.Add(Pattern(random));
            definition.Exclusions.Add(
                new FunnelExclusion { Event = exclusions[^1].Match, AfterStep = after, BeforeStep = before });
        }

        return new HandFunnel(definition, steps, exclusions);
    }

    /// <summary>A step for each of some patterns, by their places.</summary>
    public static HandFunnel OfPatterns(Order order, Unit unit, params int[] patterns)
    {
        var steps = patterns.Select(place => NamedPattern.All[place]).ToList();
        return new HandFunnel(
            new FunnelDefinition
            {
                Name = "of patterns",
                Order = order,
                Unit = unit,
                Steps = { steps.Select((step, index) => new FunnelStep { Name = $"s{index}", AnyOf = { step.Match } }) },
            },
            steps.ConvertAll(step => new List<NamedPattern> { step }),
            []);
    }

    private static NamedPattern Pattern(Random random) =>
        NamedPattern.All[random.Next(NamedPattern.All.Length)];
}
