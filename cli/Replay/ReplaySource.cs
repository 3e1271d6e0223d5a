using System.Runtime.CompilerServices;

namespace SessionPlatform.Cli.Replay;

/// <summary>The events of a file, in its order; counts the lines that give none.</summary>
internal sealed class ReplaySource(LineSource lines, ILineParser parser)
{
    /// <summary>So many unreadable lines are told one by one; the others are counted.</summary>
    public const int ExamplesKept = 10;

    private readonly LineIds ids = new();
    private readonly List<UnreadableLine> examples = [];

    /// <summary>Lines that hold an event.</summary>
    public long Readable { get; private set; }

    /// <summary>Lines that can be read but are no page views.</summary>
    public long Skipped { get; private set; }

    public long Unreadable { get; private set; }

    public IReadOnlyList<UnreadableLine> Examples => examples;

    public async IAsyncEnumerable<NumberedEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (number, text) in lines.ReadAsync(cancellation))
        {
            var parsed = text is null
                ? ParsedLine.Unreadable($"longer than {LineSource.MaxLineBytes >> 20} MiB")
                : parser.Parse(text);
            if (parsed.Problem is { } problem)
            {
                Count(number, problem);
            }
            else if (parsed.Event is { } read)
            {
                Readable++;
                if (read.EventId.Length == 0)
                    read.EventId = ids.Next(text);
                yield return new NumberedEvent(number, read);
            }
            else
            {
                Skipped++;
            }
        }
    }

    private void Count(long number, string problem)
    {
        Unreadable++;
        if (examples.Count < ExamplesKept)
            examples.Add(new UnreadableLine(number, problem));
    }
}

internal sealed record UnreadableLine(long Line, string Problem);
