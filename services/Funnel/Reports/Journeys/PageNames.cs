using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Rules;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>
/// Gives the pages of a report numbers: a path is cleaned by the first rule that matches it, and what is left stands
/// for one page. Each different path is matched once, however often it is viewed.
/// </summary>
internal sealed class PageNames
{
    // Of paths that rules make fewer pages of there may be any number; beyond this many they are matched again.
    private const int MostRemembered = 100_000;

    // In a list and a dictionary.
    private const int BytesOfPage = 70;

    private readonly (Glob Pattern, string Name)[] rules;
    private readonly Glob? start;
    private readonly Glob? end;
    private readonly Glob? passed;
    private readonly PathShape shape;
    private readonly Dictionary<string, int> remembered = new(StringComparer.Ordinal);
    private Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private List<(string Name, Mark Marks)> pages = [];

    public PageNames(PathShape shape)
    {
        this.shape = shape;
        rules = [.. shape.Rules.Select(rule => (
            new Glob(rule.Pattern), rule.Replacement.Length > 0 ? rule.Replacement : rule.Pattern))];
        (start, end, passed) = (Pattern(shape.StartsAt), Pattern(shape.EndsAt), Pattern(shape.Passes));
    }

    /// <summary>Which of the shape's patterns a page matches.</summary>
    [Flags]
    public enum Mark
    {
        None = 0,
        Start = 1,
        End = 2,
        Passed = 4,
    }

    /// <summary>Different pages so far.</summary>
    public int Count => pages.Count;

    /// <summary>About what they take.</summary>
    public long Bytes => pages.Sum(page => BytesOfPage + (2L * page.Name.Length));

    /// <summary>The same, to be added to.</summary>
    public PageNames Copy() => new(shape)
    {
        numbers = new Dictionary<string, int>(numbers, StringComparer.Ordinal),
        pages = [.. pages],
    };

    /// <summary>The name of a page.</summary>
    public string this[int page] => pages[page].Name;

    /// <summary>The page that a path stands for.</summary>
    public int Of(string path)
    {
        if (rules.Length == 0)
            return Number(path);
        if (remembered.TryGetValue(path, out var page))
            return page;
        if (remembered.Count == MostRemembered)
            remembered.Clear();
        return remembered[path] = Number(Clean(path));
    }

    /// <summary>Whether a page matches that pattern of the shape.</summary>
    public bool Has(int page, Mark mark) => (pages[page].Marks & mark) != 0;

    private static Glob? Pattern(string pattern) => pattern.Length > 0 ? new Glob(pattern) : null;

    private string Clean(string path)
    {
        foreach (var (pattern, name) in rules)
        {
            if (pattern.Matches(path))
                return name;
        }

        return path;
    }

    private int Number(string name)
    {
        if (numbers.TryGetValue(name, out var page))
            return page;
        var marks = (start?.Matches(name) == true ? Mark.Start : Mark.None)
            | (end?.Matches(name) == true ? Mark.End : Mark.None)
            | (passed?.Matches(name) == true ? Mark.Passed : Mark.None);
        pages.Add((name, marks));
        return numbers[name] = pages.Count - 1;
    }
}
