using System.Collections.Concurrent;
using System.Text;

namespace Aspire.Hosting.Running;

/// <summary>One terminal for all processes: each line carries the name of the resource that wrote it.</summary>
internal sealed class ResourceConsole
{
    /// <summary>Lines about the resources themselves carry this name.</summary>
    public const string Host = "apphost";

    private const int KeptLines = 500;
    private const int LinesInReport = 20;

    private static readonly int[] Colours = [36, 32, 33, 35, 34, 96, 92, 93, 95, 94];

    private readonly bool coloured =
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private readonly ConcurrentDictionary<string, Log> logs = new();
    private readonly Lock gate = new();
    private readonly TextWriter output = CreateOutput();

    /// <summary>A line of a resource, kept for late readers.</summary>
    public sealed record Line(int Number, string Text, bool IsError);

    public void Write(string resource, string text, bool isError = false)
    {
        var log = Keep(resource, text, isError);
        lock (gate)
        {
            if (coloured)
                output.WriteLine($"\e[{Colours[log.Index % Colours.Length]}m[{resource}]\e[0m {text}");
            else
                output.WriteLine($"[{resource}] {text}");
        }
    }

    /// <summary>Keeps a line for late readers without printing it.</summary>
    public Log Keep(string resource, string text, bool isError)
    {
        var log = Of(resource);
        log.Add(text, isError);
        return log;
    }

    /// <summary>Says that a resource failed, and what it said last.</summary>
    public void Report(string resource, string failure)
    {
        Write(Host, $"{resource} failed: {failure}", isError: true);
        foreach (var line in Of(resource).Snapshot().TakeLast(LinesInReport))
            Write(Host, $"    {line.Text}", isError: true);
    }

    /// <summary>The kept lines of a resource that come after a number.</summary>
    public IReadOnlyList<Line> After(string resource, int number) =>
        [.. Of(resource).Snapshot().Where(line => line.Number > number)];

    private Log Of(string resource) => logs.GetOrAdd(resource, _ => new Log(logs.Count));

    private static StreamWriter CreateOutput() =>
        new(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))
        {
            AutoFlush = true,
        };

    /// <summary>The last lines of one resource.</summary>
    public sealed class Log(int index)
    {
        private readonly Lock gate = new();
        private readonly Queue<Line> lines = new();
        private int count;

        public int Index => index;

        public void Add(string text, bool isError)
        {
            lock (gate)
            {
                lines.Enqueue(new Line(++count, text, isError));
                if (lines.Count > KeptLines)
                    lines.Dequeue();
            }
        }

        public Line[] Snapshot()
        {
            lock (gate)
                return [.. lines];
        }
    }
}
