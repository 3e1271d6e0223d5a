using System.Globalization;

namespace SessionPlatform.Cli.Output;

/// <summary>
/// A line of progress on the terminal of standard error, redrawn in place; without a terminal, it writes nothing. A
/// display that redraws on its own would garble output, because standard output may be the same terminal. This line
/// is removed by <see cref="Clear"/> and appears again with the next <see cref="Show(string)"/>.
/// </summary>
internal sealed class StatusLine(CliContext context) : IDisposable
{
    private const int BarWidth = 24;

    // More frequent updates cost time and cannot be read.
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    private int shown;
    private long? drawn;
    private string label = "";

    /// <summary>Shows a part of the work with the amount done and the total, which is 0 when unknown.</summary>
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

    /// <summary>Removes the line, so that other output can be written.</summary>
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
        // A wrapped line could not be redrawn in place.
        var line = text.Length < context.Progress.Profile.Width ? text : text[..(context.Progress.Profile.Width - 1)];
        context.Environment.Error.Write($"\r{line.PadRight(shown)}");
        shown = line.Length;
    }
}
