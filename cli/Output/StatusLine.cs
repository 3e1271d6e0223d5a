using System.Globalization;

namespace SessionPlatform.Cli.Output;

/// <summary>
/// One line of progress on a terminal's standard error, drawn over itself; nothing where nobody watches. A display that
/// draws by itself would garble answers that are written meanwhile, since standard output may be the same terminal:
/// this one is taken away by <see cref="Clear"/> and comes back with the next <see cref="Show(string)"/>.
/// </summary>
internal sealed class StatusLine(CliContext context) : IDisposable
{
    private const int BarWidth = 24;

    // Quicker than people read is only work for the terminal.
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    private int shown;
    private long? drawn;
    private string label = "";

    /// <summary>A part of the work, how much of it is done, and of how much; 0 where that is not known.</summary>
    public void Show(string part, ulong done, ulong total)
    {
        var culture = CultureInfo.InvariantCulture;
        if (total == 0)
        {
            Draw(part, done == 0 ? part : string.Create(culture, $"{part}  {done:N0} so far"));
            return;
        }

        var share = Math.Min(1, (double)done / total);
        var bar = Output.Show.Bar(share, BarWidth).PadRight(BarWidth, '·');
        Draw(part, string.Create(culture, $"{part}  {bar} {Math.Floor(share * 100):0} %  {done:N0} of {total:N0}"));
    }

    public void Show(string text) => Draw(text, text);

    /// <summary>Takes the line away, so that something else can be written.</summary>
    public void Clear()
    {
        if (shown > 0)
            context.Environment.Error.Write($"\r{new string(' ', shown)}\r");
        shown = 0;
        drawn = null;
    }

    public void Dispose() => Clear();

    private void Draw(string part, string text)
    {
        if (!context.ShowProgress)
            return;
        var time = context.Environment.Time;
        if (drawn is { } before && part == label && time.GetElapsedTime(before) < Refresh)
            return;
        (drawn, label) = (time.GetTimestamp(), part);
        // A line that wraps could not be drawn over.
        var line = text.Length < context.Progress.Profile.Width ? text : text[..(context.Progress.Profile.Width - 1)];
        context.Environment.Error.Write($"\r{line.PadRight(shown)}");
        shown = line.Length;
    }
}
