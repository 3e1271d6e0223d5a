using System.Runtime.InteropServices;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Retention.V1;

namespace SessionPlatform.Funnel.Reports.Retention;

/// <summary>The parameters of counting cohorts.</summary>
/// <param name="Intervals">The intervals of the cohorts, and later ones in which their members may return.</param>
/// <param name="Cohorts">The number of intervals with a cohort.</param>
/// <param name="Ahead">The number of intervals after its own that each cohort covers.</param>
/// <param name="Begun">The number of intervals that have begun.</param>
internal sealed record CohortRules(
    Intervals Intervals, int Cohorts, int Ahead, int Begun, bool FirstTime, bool Rolling, int MinimumOccurrences);

/// <summary>Accumulates cohorts and the returns of their members.</summary>
internal sealed class RetentionTally(CohortRules rules) : IActivityTally
{
    private const int Other = -1;

    private readonly LatestReturns latest = new(rules.MinimumOccurrences);
    private PersonIntervals<RetentionCell> cells = new();
    private FirstIntervals firsts = new();

    public int Activities => cells.Count;

    // Accumulators that need several events for a return cannot be copied.
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

    /// <summary>Returns the number of members of all cohorts by breakdown value.</summary>
    public Dictionary<int, int> MembersByValue()
    {
        var members = new Dictionary<int, int>();
        ForEachMember((own, index) =>
            CollectionsMarshal.GetValueRefOrAddDefault(members, own[index].Cell.Value, out _)++);
        return members;
    }

    /// <summary>Returns the tables of cohorts.</summary>
    /// <param name="ranked">The values with a separate table, in order; null for a single table.</param>
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

    /// <summary>Counts the returns of a member.</summary>
    /// <param name="own">The activity of the member, in the order of intervals.</param>
    /// <param name="index">The interval of the cohort.</param>
    private void Count(Cohort cohort, List<(int Interval, RetentionCell Cell)> own, int index)
    {
        cohort.Size++;
        var (interval, cell) = own[index];
        // Intervals up to here are counted: with rolling retention, a later return implies all earlier ones.
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
