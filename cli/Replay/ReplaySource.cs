using System.Runtime.CompilerServices;

namespace SessionPlatform.Cli.Replay;

/// <summary>Reads the events of a file in its order and counts the lines without one.</summary>
internal sealed class ReplaySource(LineSource lines, ILineParser parser)
{
    /// <summary>The maximum number of invalid lines listed; further ones are only counted.</summary>
    public const int ExamplesKept = 10;

    private readonly LineIds ids = new();
    private readonly List<UnreadableLine> examples = [];

    /// <summary>The number of lines with an event.</summary>
    public long Readable { get; private set; }

    /// <summary>The number of valid lines that are not page views.</summary>
    public long Skipped { get; private set; }

    public long Unreadable { get; private set; }

    public IReadOnlyList<UnreadableLine> Examples => examples;

    public async IAsyncEnumerable<NumberedEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (number, text) in lines.ReadAsync(cancellationToken))
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
