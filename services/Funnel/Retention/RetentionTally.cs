using System.Runtime.InteropServices;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Retention.V1;

namespace SessionPlatform.Funnel.Retention;

/// <summary>How cohorts are counted.</summary>
/// <param name="Intervals">Those of the cohorts, and the ones after them that are looked at.</param>
/// <param name="Cohorts">How many of them have a cohort.</param>
/// <param name="Ahead">How many after its own are looked at for each cohort.</param>
/// <param name="Begun">How many of them have begun.</param>
internal sealed record CohortRules(
    Intervals Intervals, int Cohorts, int Ahead, int Begun, bool FirstTime, bool Rolling, int MinimumOccurrences);

/// <summary>Counts cohorts, and who of them came back.</summary>
internal sealed class RetentionTally(CohortRules rules) : IActivityTally
{
    private const int Other = -1;

    private readonly LatestReturns latest = new(rules.MinimumOccurrences);
    private PersonIntervals<RetentionCell> cells = new();
    private FirstIntervals firsts = new();

    public int Activities => cells.Count;

    // Those of several occurrences are not copied.
    public string? Name => rules.MinimumOccurrences == 1 ? $"cohorts {rules.Intervals.Name}" : null;

    public long Bytes => cells.Bytes + firsts.Bytes;

    public IActivityTally Copy()
    {
        var copy = new RetentionTally(rules);
        copy.GoOnFrom(this);
        return copy;
    }

    public void GoOnFrom(IActivityTally other)
    {
        var from = (RetentionTally)other;
        (cells, firsts) = (from.cells.Copy(), from.firsts.Copy());
    }

    public void Add(int person, int value, ReadOnlySpan<Happening> happened)
    {
        foreach (var each in happened)
        {
            if (each.At >= rules.Intervals.EndTicks)
                continue;
            var interval = rules.Intervals.Holding(each.At);
            if (each.IsTarget)
                firsts.Add(person, interval);
            if (interval < 0)
                continue;
            ref var cell = ref cells.Of(person, interval);
            if (each.IsTarget)
                cell.AddTarget(each.At, value);
            if (each.IsReturn)
                cell.AddReturn(latest.Add(person, interval, each.At, each.Times));
        }
    }

    /// <summary>How many members the cohorts have of each value of the breakdown.</summary>
    public Dictionary<int, int> MembersByValue()
    {
        var members = new Dictionary<int, int>();
        ForEachMember((own, index) =>
            CollectionsMarshal.GetValueRefOrAddDefault(members, own[index].Cell.Value, out _)++);
        return members;
    }

    /// <param name="ranked">The values that have a table of their own, in their order; null: there is one table.</param>
    public IEnumerable<RetentionTable> Tables(IReadOnlyList<(int Value, string Text)>? ranked)
    {
        List<RetentionTable> tables = [.. (ranked ?? []).Select(value => Empty(value.Text))];
        var ranks = (ranked ?? []).Index().ToDictionary(each => each.Item.Value, each => each.Index);
        var rest = Empty("");
        ForEachMember((own, index) =>
        {
            var rank = ranks.GetValueOrDefault(own[index].Cell.Value, Other);
            Count((rank == Other ? rest : tables[rank]).Cohorts[own[index].Interval], own, index);
        });
        if (ranked is null)
            return [rest];
        rest.IsOther = true;
        return rest.Cohorts.Any(cohort => cohort.Size > 0) ? tables.Append(rest) : tables;
    }

    private void ForEachMember(Action<List<(int Interval, RetentionCell Cell)>, int> act)
    {
        var own = new List<(int Interval, RetentionCell Cell)>();
        for (var person = 0; person < cells.PersonsEnd; person++)
        {
            cells.Read(person, own);
            for (var index = 0; index < own.Count && own[index].Interval < rules.Cohorts; index++)
            {
                if (own[index].Cell.HasTarget && (!rules.FirstTime || firsts.Of(person) == own[index].Interval))
                    act(own, index);
            }
        }
    }

    /// <param name="own">What the member did, in the order of intervals.</param>
    /// <param name="index">The interval of the cohort.</param>
    private void Count(Cohort cohort, List<(int Interval, RetentionCell Cell)> own, int index)
    {
        cohort.Size++;
        var (interval, cell) = own[index];
        // Up to here it is counted already: with rolling retention whoever comes later has not left before.
        var counted = 0;
        if (cell.ReturnedSince >= cell.Target)
            CountReturn(0);
        for (var later = index + 1; later < own.Count; later++)
        {
            if (own[later].Cell.HasReturned)
                CountReturn(own[later].Interval - interval);
        }

        void CountReturn(int ahead)
        {
            if (ahead >= cohort.Returned.Count)
                return;
            for (var came = rules.Rolling ? counted : ahead; came <= ahead; came++)
                cohort.Returned[came]++;
            counted = ahead + 1;
        }
    }

    private RetentionTable Empty(string value)
    {
        var table = new RetentionTable { Value = value };
        for (var interval = 0; interval < rules.Cohorts; interval++)
        {
            var begun = Math.Clamp(rules.Begun - interval, 0, rules.Ahead + 1);
            table.Cohorts.Add(new Cohort
            {
                At = rules.Intervals.Begins[interval].ToTimestamp(),
                Returned = { Enumerable.Repeat(0u, begun) },
            });
        }

        return table;
    }
}
