using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>Counts sessions by the page they go to from each step of their path.</summary>
/// <param name="length">Steps that are looked at.</param>
/// <param name="fromEnd">The last step of a path is the last one of these, not its first the first.</param>
internal sealed class TransitionTally(PageNames names, int length, bool fromEnd)
{
    /// <summary>Stands for no page: the path ends.</summary>
    private const int Nowhere = -1;

    /// <summary>Stands for every page that is not listed.</summary>
    private const int Other = -2;

    // Of a dictionary, besides key and value.
    private const int BytesOfEntry = 12;

    private Dictionary<Move, int> numbers = [];
    private List<long> sessions = [];
    private Dictionary<(int Step, int Page), long> pages = [];

    /// <summary>Different transitions so far.</summary>
    public int Distinct => numbers.Count;

    /// <summary>Sessions that have a step.</summary>
    public long Sessions { get; private set; }

    /// <summary>Who made which transition.</summary>
    public DistinctPairs Visitors { get; private set; } = new();

    /// <summary>About what it takes.</summary>
    public long Bytes => Visitors.Bytes + (numbers.Count * (long)(Unsafe.SizeOf<Move>() + BytesOfEntry + sizeof(long)))
        + (pages.Count * (long)(BytesOfEntry + (2 * sizeof(long))));

    /// <summary>Nothing is added any more: makes copies cheap.</summary>
    public void Close() => Visitors = Visitors.Copy();

    /// <summary>The same, to be added to.</summary>
    /// <param name="namesOfCopy">A copy of the names.</param>
    public TransitionTally Copy(PageNames namesOfCopy) => new(namesOfCopy, length, fromEnd)
    {
        numbers = new Dictionary<Move, int>(numbers),
        sessions = [.. sessions],
        pages = new Dictionary<(int Step, int Page), long>(pages),
        Sessions = Sessions,
        Visitors = Visitors.Copy(),
    };

    public void Add(ReadOnlySpan<PathStep> steps, JourneySession session)
    {
        if (steps.Length == 0)
            return;
        Sessions++;
        var first = fromEnd ? length - steps.Length : 0;
        for (var index = 0; index < steps.Length; index++)
        {
            var (step, page) = (first + index, steps[index].Page);
            CollectionsMarshal.GetValueRefOrAddDefault(pages, (step, page), out _)++;
            if (step == length - 1)
                continue;
            var number = NumberOf(new Move(step, page, index + 1 < steps.Length ? steps[index + 1].Page : Nowhere));
            CollectionsMarshal.AsSpan(sessions)[number]++;
            Visitors.Add(number, session.Person);
        }
    }

    /// <summary>The transitions between the most viewed pages of each step.</summary>
    public GetTransitionsResponse Result(int limit)
    {
        var listed = Listed(limit);
        var rows = new Dictionary<Move, int>();
        var groupOf = new int[numbers.Count];
        foreach (var (move, number) in numbers)
        {
            var row = move with { From = Shown(move.Step, move.From), To = Shown(move.Step + 1, move.To) };
            if (!rows.TryGetValue(row, out var group))
                rows[row] = group = rows.Count;
            groupOf[number] = group;
        }

        var sums = new long[rows.Count];
        for (var number = 0; number < groupOf.Length; number++)
            sums[groupOf[number]] += sessions[number];
        var visitors = Visitors.CountBy(groupOf, rows.Count);
        var transitions = rows.Select(row => Row(row.Key, sums[row.Value], visitors[row.Value]))
            .OrderBy(row => row.Step)
            .ThenByDescending(row => row.Sessions)
            .ThenBy(row => row.FromOther)
            .ThenBy(row => row.From, StringComparer.Ordinal)
            .ThenBy(row => !row.HasTo)
            .ThenBy(row => row.ToOther)
            .ThenBy(row => row.To, StringComparer.Ordinal);
        return new GetTransitionsResponse
        {
            Sessions = FunnelTable.Count(Sessions),
            Transitions = { transitions },
        };

        int Shown(int step, int page) => page == Nowhere || listed.Contains((step, page)) ? page : Other;
    }

    private HashSet<(int Step, int Page)> Listed(int limit) =>
    [
        .. pages.GroupBy(page => page.Key.Step).SelectMany(step => step
            .OrderByDescending(page => page.Value)
            .ThenBy(page => names[page.Key.Page], StringComparer.Ordinal)
            .Take(limit)
            .Select(page => page.Key)),
    ];

    private int NumberOf(Move move)
    {
        if (numbers.TryGetValue(move, out var number))
            return number;
        sessions.Add(0);
        return numbers[move] = sessions.Count - 1;
    }

    private Transition Row(Move move, long sum, uint visitors)
    {
        var row = new Transition
        {
            Step = move.Step + 1,
            From = move.From == Other ? "" : names[move.From],
            FromOther = move.From == Other,
            ToOther = move.To == Other,
            Sessions = FunnelTable.Count(sum),
            Visitors = visitors,
        };
        if (move.To != Nowhere)
            row.To = move.To == Other ? "" : names[move.To];
        return row;
    }

    /// <summary>From a page at a step, counted from 0, to a page at the next.</summary>
    private readonly record struct Move(int Step, int From, int To);
}
