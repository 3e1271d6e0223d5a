using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Ingestion.V1;

namespace SessionPlatform.Cli.Replay;

/// <summary>A batch of a stream with the line number of each event.</summary>
internal sealed record EventBatch(TrackStreamRequest Request, IReadOnlyList<long> Lines)
{
    private const int MaxEvents = 500;
    private const int MaxBytes = 1 << 20;

    /// <summary>Splits events into batches of bounded size, numbered from 1.</summary>
    public static async IAsyncEnumerable<EventBatch> CutAsync(
        IAsyncEnumerable<NumberedEvent> events, Duration? maxEventAge,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sequence = 0L;
        var request = new TrackStreamRequest();
        var lines = new List<long>();
        var bytes = 0;
        await foreach (var (line, sent) in events.WithCancellation(cancellationToken))
        {
            request.Events.Add(sent);
            lines.Add(line);
            bytes += sent.CalculateSize();
            if (lines.Count < MaxEvents && bytes < MaxBytes)
                continue;
            yield return Numbered();
            (request, lines, bytes) = (new TrackStreamRequest(), [], 0);
        }

        if (lines.Count > 0)
            yield return Numbered();

        EventBatch Numbered()
        {
            request.Sequence = ++sequence;
            request.MaxEventAge = maxEventAge;
            return new EventBatch(request, lines);
        }
    }
}
