using Spectre.Console;
using Spectre.Console.Rendering;

namespace SessionPlatform.Cli.Output;

/// <summary>
/// A table of plain text that fits its window and never cuts a number: sentences wrap, bars are dropped, texts are
/// truncated, and if that is not enough, columns are omitted from the right, with a note below the table.
/// </summary>
internal sealed class DataTable : Renderable
{
    private const int BorderOfColumn = 3;
    private const int LeastSentence = 10;
    private const int MaxSentence = 100;

    // The width of a time; a shorter one would be useless.
    private const int LeastText = 19;

    private readonly List<Column> columns = [];
    private readonly List<string[]> rows = [];

    /// <param name="titles">
    /// The titles of the columns. A title that begins with ">" marks numbers, which are aligned to the right. A column
    /// with an empty title holds bars or sparklines and is the first to be dropped.
    /// </param>
    public DataTable(params ReadOnlySpan<string> titles)
    {
        foreach (var title in titles)
            columns.Add(new Column(title.TrimStart('>'), KindOf(title)));
    }

    private enum Kind
    {
        Texts,
        Sentences,
        Numbers,
        Pictures,
    }

    /// <summary>Makes the texts of this column wrap instead of being truncated.</summary>
    /// <param name="column">The index from the left, or a negative index from the right.</param>
    public void Wrap(int column) => columns[column < 0 ? columns.Count + column : column].Kind = Kind.Sentences;

    /// <summary>Adds a row of plain text, which is not interpreted as markup.</summary>
    public void Row(params IReadOnlyList<string> cells) =>
        rows.Add([.. cells, .. Enumerable.Repeat("", columns.Count - cells.Count)]);

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var shown = Fit(maxWidth);
        var table = new Table { Border = TableBorder.Rounded };
        table.BorderStyle(new Style(Color.Grey));
        foreach (var column in shown)
        {
            table.AddColumn(
                new TableColumn(new Text(column.Title, new Style(decoration: Decoration.Bold)))
                {
                    Alignment = column.Kind == Kind.Numbers ? Justify.Right : Justify.Left,
                    NoWrap = column.Kind != Kind.Sentences,
                    Width = column.Width,
                });
        }

        foreach (var row in rows)
        {
            table.AddRow(shown.Select(column => (IRenderable)new Text(
                column.Kind == Kind.Texts ? Cut(row[column.Index], column.Width) : row[column.Index])));
        }

        return ((IRenderable)new Rows([table, .. Missing(shown)])).Render(options, maxWidth);
    }

    private static Kind KindOf(string title) => title switch
    {
        "" => Kind.Pictures,
        ['>', ..] => Kind.Numbers,
        _ => Kind.Texts,
    };

    private IEnumerable<IRenderable> Missing(List<Column> shown)
    {
        var missing = columns.Where(column => column.Kind != Kind.Pictures && !shown.Contains(column))
            .Select(column => column.Title).Distinct().ToList();
        if (missing.Count > 0)
        {
            yield return new Text(
                $"No room for {string.Join(", ", missing)}: a wider window, a file or --json has it.");
        }
    }

    private List<Column> Fit(int maxWidth)
    {
        for (var index = 0; index < columns.Count; index++)
            columns[index].Measure(index, rows);
        var shown = columns.ToList();
        Narrow(column => column.Kind == Kind.Sentences ? LeastSentence : column.Width);
        Narrow(column => column.Kind == Kind.Numbers ? column.LeastNumber : column.Width);
        if (Excess() > 0)
            shown.RemoveAll(column => column.Kind == Kind.Pictures);
        Narrow(column => column.Kind == Kind.Texts ? Math.Min(column.Width, LeastText) : column.Width);
        while (Excess() > 0 && shown.Count > 1)
            shown.RemoveAt(shown.Count - 1);
        return shown;

        int Excess() => shown.Sum(column => column.Width + BorderOfColumn) + 1 - maxWidth;

        // Shrinks the widest columns first, no more than necessary.
        void Narrow(Func<Column, int> least)
        {
            while (Excess() > 0
                && shown.Where(column => column.Width > least(column)).MaxBy(column => column.Width) is { } widest)
            {
                widest.Width--;
            }
        }
    }

    private static string Cut(string cell, int width) => string.Join(
        '\n', cell.Split('\n').Select(line => line.GetCellWidth() <= width ? line : CutLine(line, width)));

    private static string CutLine(string line, int width)
    {
        var (kept, used) = (0, 0);
        foreach (var rune in line.EnumerateRunes())
        {
            used += rune.ToString().GetCellWidth();
            if (used > width - 1)
                break;
            kept += rune.Utf16SequenceLength;
        }

        return line[..kept] + "…";
    }

    private sealed class Column(string title, Kind kind)
    {
        public string Title => title;

        public Kind Kind { get; set; } = kind;

        public int Index { get; private set; }

        public int Width { get; set; }

        /// <summary>The width of the widest number or of the title's longest word.</summary>
        public int LeastNumber { get; private set; }

        public void Measure(int index, List<string[]> rows)
        {
            Index = index;
            var cells = rows.SelectMany(row => row[index].Split('\n')).Select(line => line.GetCellWidth())
                .DefaultIfEmpty().Max();
            Width = Math.Max(cells, title.GetCellWidth());
            LeastNumber = Math.Max(cells, title.Split(' ').Max(word => word.GetCellWidth()));
            if (Kind == Kind.Sentences)
                Width = Math.Min(Width, MaxSentence);
        }
    }
}
