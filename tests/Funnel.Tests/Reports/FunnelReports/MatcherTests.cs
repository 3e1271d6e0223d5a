using SessionPlatform.Funnel.Funnels.Attempts;
using SessionPlatform.Funnel.Reports.FunnelReports.Explaining;
using Kind = SessionPlatform.Funnel.Funnels.Attempts.FunnelShape.Kind;
using Verdict = SessionPlatform.Contracts.Funnels.V1.FunnelEvent.Types.Verdict;

namespace SessionPlatform.Funnel.Tests.Reports.FunnelReports;

/// <summary>The attempt that is found is the one that looking at all of them finds.</summary>
public sealed class MatcherTests
{
    [Theory]
    [InlineData(nameof(Kind.Ordered), 30_000)]
    [InlineData(nameof(Kind.Strict), 10_000)]
    [InlineData(nameof(Kind.Unordered), 10_000)]
    [InlineData(nameof(Kind.Furthest), 10_000)]
    public void Of_all_attempts_the_one_that_counts_is_found(string order, int rounds)
    {
        var random = new Random(1);
        var kind = Enum.Parse<Kind>(order);
        for (var round = 0; round < rounds; round++)
        {
            var shape = AnyShape(random, kind);
            // The matcher keeps its room from one to the next.
            var matcher = shape.CreateMatcher();
            for (var again = 0; again < 3; again++)
            {
                var events = AnyEvents(random, shape);
                var expected = new AllAttempts(shape, events).Best();
                var found = matcher.Find(events);
                Assert.Equal(Text(expected, kind), Text(TakenBy(found), kind));
                if (kind == Kind.Unordered && found is not null)
                    AssertShared(found, events);
                AssertExplained(shape, events, found);
            }
        }
    }

    [Fact]
    public async Task A_long_history_takes_time_in_proportion()
    {
        var shape = new FunnelShape(
            Kind.Ordered, 1_000,
            [.. Enumerable.Range(0, 20).Select(step => Step(step, step > 0, 500))], [(0, 1), (3, 9)]);
        var random = new Random(3);
        var events = Enumerable.Range(0, 50_000)
            .Select(index => Event(index, (uint)random.Next(1 << 20), random.Next(200) == 0 ? 1u : 0)).ToArray();

        // Some 20 million moves; looking at pairs of events would take a hundred times the limit.
        var found = await Task.Run(() => shape.CreateMatcher().Find(events)).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(19, found?.Last);
    }

    private static void AssertShared(Attempt found, MarkedEvent[] events)
    {
        var taken = found.Taken.TakeWhile(index => index >= 0).ToList();
        var steps = found.StepOf!.Take(taken.Count).ToList();
        Assert.Equal(steps.Count, steps.Distinct().Count());
        Assert.All(steps.Index(), each => Assert.True(events[taken[each.Index]].Matches(each.Item)));
    }

    /// <summary>What counted is what was taken, and whatever else matches has another verdict and a reason.</summary>
    private static void AssertExplained(FunnelShape shape, MarkedEvent[] events, Attempt? found)
    {
        IExplainer explainer = shape.Order is Kind.Ordered or Kind.Strict
            ? new OrderedExplainer(shape)
            : new SpanExplainer(shape);
        Assert.Equal(found?.Taken, explainer.Read(new Actor("a", "a", [], events))?.Taken);
        for (var index = 0; index < events.Length; index++)
        {
            if (events[index].Marks == default)
                continue;
            var finding = explainer.Explain(index);
            Assert.Equal(found?.Taken.Contains(index) ?? false, finding.Verdict == Verdict.Counted);
            Assert.NotEqual(Verdict.Unspecified, finding.Verdict);
            Assert.NotEmpty(finding.Reason);
            if (finding.Step >= 0)
                Assert.True(events[index].Matches(finding.Step));
            else
                Assert.NotEqual(0u, events[index].Marks.Exclusions);
        }
    }

    private static FunnelShape AnyShape(Random random, Kind kind)
    {
        var count = random.Next(2, 5);
        var isPlain = kind is Kind.Unordered or Kind.Furthest;
        var exclusions = new List<(int, int)>();
        for (var number = random.Next(3); number > 0 && kind != Kind.Furthest; number--)
        {
            var after = random.Next(count - 1);
            exclusions.Add(isPlain ? (0, count - 1) : (after, random.Next(after + 1, count)));
        }

        return new FunnelShape(
            kind,
            random.Next(3) == 0 ? FunnelShape.NoLimit : random.Next(8),
            [
                .. Enumerable.Range(0, count).Select(step => Step(
                    step,
                    !isPlain && step > 0 && random.Next(3) == 0,
                    isPlain || step == 0 || random.Next(2) == 0 ? FunnelShape.NoLimit : random.Next(5))),
            ],
            exclusions);
    }

    private static MarkedEvent[] AnyEvents(Random random, FunnelShape shape)
    {
        var at = 0L;
        return
        [
            .. Enumerable.Range(0, random.Next(9)).Select(_ =>
            {
                // Several at one time, often.
                at += random.Next(3);
                var steps = 0u;
                if (shape.Order == Kind.Furthest)
                    steps = (1u << random.Next(shape.Count + 1)) - 1;
                else
                    steps = (uint)(random.Next(1 << shape.Count) & random.Next(1 << shape.Count));
                var exclusions = random.Next(4) == 0 ? (uint)random.Next(1 << shape.Exclusions.Count) : 0;
                return Event(at, steps, exclusions);
            }),
        ];
    }

    private static FunnelShape.Step Step(int step, bool isOptional, long window) =>
        new($"s{step}", isOptional, window, IsFirstTimeOnly: false);

    private static MarkedEvent Event(long at, uint steps, uint exclusions) =>
        new(at, 0, 0, new Marks(steps, exclusions), 0, null);

    private static (int, int)[]? TakenBy(Attempt? found) => found is null
        ? null
        : [.. found.Taken.Index().Where(each => each.Item >= 0).Select(each => (each.Index, each.Item))];

    // Of an unordered funnel which events count; how steps are shared out among them is not said.
    private static string Text((int Step, int Index)[]? attempt, Kind kind) => attempt is null
        ? "none"
        : string.Join(
            ' ', attempt.Select(each => kind == Kind.Unordered ? $"{each.Index}" : $"{each.Step}:{each.Index}"));
}
