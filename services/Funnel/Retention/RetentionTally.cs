using System.Runtime.InteropServices;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Funnel.Identity;

namespace SessionPlatform.Funnel.Retention;

/// <summary>How cohorts are counted.</summary>
/// <param name="Intervals">Those of the cohorts, and the ones after them that are looked at.</param>
/// <param name="Cohorts">How many of them have a cohort.</param>
/// <param name="Ahead">How many after its own are looked at for each cohort.</param>
/// <param name="Begun">How many of them have begun.</param>
internal sealed record CohortRules(
    Intervals Intervals, int Cohorts, int Ahead, int Begun, bool FirstTime, bool Rolling, int MinimumOccurrences);

/// <summary>Counts cohorts, and who of them came back.</summary>
internal sealed class RetentionTally(CohortRules rules)
{
    private const int Other = -1;

    private readonly PersonNumbers persons = new();
    private readonly Dictionary<(int Person, int Interval), RetentionCell> cells = [];
    private readonly List<int> firsts = [];
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<string> values = [];

    /// <summary>Intervals of persons that are kept.</summary>
    public int Activities => cells.Count;

    public void Add(ActiveSession session)
    {
        var person = persons.NumberOf(session.Person);
        if (person == firsts.Count)
            firsts.Add(int.MaxValue);
        foreach (var happened in session.Happened)
        {
            if (happened.At >= rules.Intervals.End)
                continue;
            var interval = rules.Intervals.Holding(happened.At);
            if (happened.IsTarget)
                firsts[person] = Math.Min(firsts[person], interval);
            if (interval < 0)
                continue;
            ref var cell = ref CollectionsMarshal.GetValueRefOrAddDefault(cells, (person, interval), out _);
            if (happened.IsTarget)
                cell.AddTarget(happened.At, NumberOf(session.Value));
            if (happened.IsReturn)
                cell.AddReturn(happened.At, happened.Times, rules.MinimumOccurrences);
        }
    }

    /// <param name="limit">How many values have a table of their own; 0: there is one table.</param>
    public IEnumerable<RetentionTable> Tables(int limit)
    {
        var members = cells.Where(cell => IsMember(cell.Key, cell.Value)).ToList();
        var ranks = limit == 0 ? [] : Ranks(members.Select(member => member.Value.Value), limit);
        var tables = ranks.OrderBy(rank => rank.Value).Select(rank => Empty(values[rank.Key])).ToList();
        var rest = Empty("");
        foreach (var ((person, interval), cell) in members)
        {
            var rank = ranks.GetValueOrDefault(cell.Value, Other);
            Count((rank == Other ? rest : tables[rank]).Cohorts[interval], person, interval, cell);
        }

        if (limit == 0)
            return [rest];
        rest.IsOther = true;
        return rest.Cohorts.Any(cohort => cohort.Size > 0) ? tables.Append(rest) : tables;
    }

    private bool IsMember((int Person, int Interval) key, in RetentionCell cell) =>
        key.Interval < rules.Cohorts && cell.Target is not null
        && (!rules.FirstTime || firsts[key.Person] == key.Interval);

    private void Count(Cohort cohort, int person, int interval, in RetentionCell cell)
    {
        cohort.Size++;
        var cameLater = false;
        for (var ahead = cohort.Returned.Count - 1; ahead >= 0; ahead--)
        {
            var came = ahead == 0
                ? cell.ReturnedSince >= cell.Target
                : cells.TryGetValue((person, interval + ahead), out var later) && later.HasReturned;
            cameLater |= came;
            if (came || (rules.Rolling && cameLater))
                cohort.Returned[ahead]++;
        }
    }

    /// <summary>The places of the values with most members, from 0.</summary>
    private Dictionary<int, int> Ranks(IEnumerable<int> members, int limit) => members
        .CountBy(value => value)
        .OrderByDescending(count => count.Value)
        .ThenBy(count => values[count.Key], StringComparer.Ordinal)
        .Take(limit)
        .Select((count, rank) => (count.Key, rank))
        .ToDictionary();

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

    private int NumberOf(string value)
    {
        if (!numbers.TryGetValue(value, out var number))
        {
            numbers[value] = number = values.Count;
            values.Add(value);
        }

        return number;
    }
}
