using System.Diagnostics;

namespace SessionPlatform.EndToEnd.Tests.Chaos;

/// <summary>Gateways send while a plan is carried out; everybody watches that things move on.</summary>
public sealed class ChaosRun(
    ChaosSettings settings, IReadOnlyList<Gateway> gateways, Spectator spectator, Killer killer)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    // The broker starts within seconds, and gateways and services are back soon after.
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(90);

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan nextLine;
    private TimeSpan lastProgress;
    private long lastAcknowledged;

    private long Acknowledged => gateways.Sum(gateway => gateway.AcknowledgedEvents);

    /// <summary>Returns when the plan is carried out and all gateways have all their acknowledgements.</summary>
    public async Task GoAsync(IReadOnlyList<DeathsAt> plan)
    {
        ProgressLines.Add(
            $"seed {settings.Seed}: {plan.Sum(group => group.Deaths.Count)} deaths in {settings.Duration}");
        using var stop = new CancellationTokenSource();
        var sending = gateways.Select(gateway => gateway.SendAsync(stop.Token)).ToList();
        List<Task> work = [.. sending, spectator.WatchAsync(stop.Token)];
        try
        {
            await UntilAsync(work, () => Acknowledged > 0);
            var start = clock.Elapsed;
            foreach (var group in plan)
            {
                var before = Acknowledged;
                await UntilAsync(work, () => clock.Elapsed >= start + group.At
                    && (Acknowledged > before || gateways.All(gateway => gateway.IsDone)));
                ProgressLines.Add($"{Now()} {string.Join(" and ", group.Deaths.Select(death => death.Victim))} killed");
                await Task.WhenAll(group.Deaths.Select(killer.KillAsync));
            }

            await UntilAsync(work, () => sending.TrueForAll(task => task.IsCompleted));
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ProgressLines.Add(Describe());
        }

        await Task.WhenAll(work);
    }

    /// <summary>How it stands, in a line.</summary>
    public string Describe() =>
        $"{Now()} {Acknowledged} acknowledged, {spectator.Events} stored; "
        + $"deaths: {List(killer.Deaths)}; "
        + $"connections: {gateways.Sum(gateway => gateway.Connections)}, broken: "
        + $"{List(gateways.SelectMany(gateway => gateway.Failures).GroupBy(
            failure => failure.Key, failure => failure.Value).Select(
            group => KeyValuePair.Create(group.Key, group.Sum())))}; "
        + $"Query: {spectator.Answers} answers, broken: {List(spectator.Failures)}";

    private async Task UntilAsync(List<Task> work, Func<bool> condition)
    {
        while (!condition())
        {
            // Whoever has failed says why.
            foreach (var failed in work.Where(task => task.IsFaulted))
                await failed;
            if (clock.Elapsed >= nextLine)
            {
                ProgressLines.Add(Describe());
                nextLine = clock.Elapsed + ProgressInterval;
            }

            if (Acknowledged > lastAcknowledged)
                (lastAcknowledged, lastProgress) = (Acknowledged, clock.Elapsed);
            Assert.True(
                clock.Elapsed - lastProgress < LongestStandstill + settings.Duration / 10,
                $"Nothing was acknowledged since {lastProgress}: {Describe()}");
            await Task.Delay(Tick);
        }
    }

    private string Now() => clock.Elapsed.ToString(@"hh\:mm\:ss", null);

    private static string List<T>(IEnumerable<KeyValuePair<T, int>> counts)
        where T : notnull
    {
        var texts = counts.OrderBy(count => count.Key).Select(count => $"{count.Value} {count.Key}").ToList();
        return texts.Count == 0 ? "none" : string.Join(", ", texts);
    }
}
