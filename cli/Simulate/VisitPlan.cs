namespace SessionPlatform.Cli.Simulate;

/// <summary>Plans the visits: the rhythm of a day, weekends and returning visitors.</summary>
internal static class VisitPlan
{
    /// <summary>The maximum duration of a visit.</summary>
    public const long LongestVisit = 110 * Minute;

    // The duration of a visit plus the inactivity of 30 minutes that separates sessions.
    private const long ClosestStarts = LongestVisit + 31 * Minute;
    private const long Minute = 60_000_000L;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;

    private static readonly double[] HourWeights =
        [2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 11, 11, 10, 9, 9, 10, 11, 12, 14, 16, 17, 14, 9, 5];

    private static readonly (int Visits, double Weight)[] VisitsPerVisitor =
        [(1, 62), (2, 18), (3, 9), (4, 5), (6, 4), (9, 2)];

    /// <summary>Returns all visits ordered by start.</summary>
    public static List<Visit> Draw(SimulationOptions options)
    {
        var visits = new List<Visit>();
        var left = options.Size.Count;
        for (var visitor = 0; left > 0; visitor++)
        {
            var ofVisitor = VisitsOf(visitor, options);
            foreach (var visit in ofVisitor)
            {
                if (left <= 0)
                    break;
                var planned = options.Size.Unit == SimulationUnit.Events ? visit with { MaxEvents = left } : visit;
                visits.Add(planned);
                left -= options.Size.Unit switch
                {
                    SimulationUnit.Sessions => 1,
                    SimulationUnit.Events => VisitStory.Tell(planned, options).Count,
                    _ => 0,
                };
            }

            if (options.Size.Unit == SimulationUnit.Visitors)
                left--;
        }

        visits.Sort((one, other) => (one.Start, one.Visitor).CompareTo((other.Start, other.Visitor)));
        return visits;
    }

    private static IEnumerable<Visit> VisitsOf(int visitor, SimulationOptions options)
    {
        var random = SeededRandom.For(options.Seed, (ulong)visitor, 0);
        var wanted = random.Pick(VisitsPerVisitor, each => each.Weight).Visits;
        var starts = Enumerable.Range(0, wanted).Select(_ => DrawStart(random, options)).Order().ToList();
        var (ordinal, last) = (0, long.MinValue / 2);
        foreach (var start in starts.Where(start => start - last >= ClosestStarts))
        {
            yield return new Visit(visitor, ordinal++, start, int.MaxValue);
            last = start;
        }
    }

    private static long DrawStart(SeededRandom random, SimulationOptions options)
    {
        var end = options.Until - LongestVisit;
        var begin = options.Until - options.Days * Day;
        while (true)
        {
            var start = begin + (long)(random.Share() * (end - begin));
            var weekday = DateTimeOffset.UnixEpoch.AddMicroseconds(start).DayOfWeek;
            var weight = HourWeights[(int)((start % Day + Day) % Day / Hour)]
                * (weekday is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1.0 : 0.75);
            if (random.Chance(weight / HourWeights.Max()))
                return start;
        }
    }
}
