using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;

namespace SessionPlatform.Benchmarks.Traffic;

/// <summary>
/// Events as the bytes of <see cref="TrackStreamRequest"/>s: made beforehand, so that what is measured is the suite and
/// not the invention of its traffic.
/// </summary>
/// <param name="SiteId">The site that all are of.</param>
/// <param name="Batches">The requests, numbered from 1.</param>
/// <param name="Events">The number of distinct events.</param>
/// <param name="Sent">Events, those that are sent twice counted twice.</param>
internal sealed record StreamLoad(string SiteId, IReadOnlyList<byte[]> Batches, int Events, int Sent)
{
    /// <summary>Events of a request, as a busy gateway gathers them.</summary>
    public const int BatchEvents = 500;

    // History of any age.
    private static readonly Duration AnyAge = Duration.FromTimeSpan(TimeSpan.FromDays(100_000));

    /// <param name="siteId">The site.</param>
    /// <param name="events">In the order of sending; some may be there twice.</param>
    /// <param name="different">How many different ones that is.</param>
    /// <param name="watch">Sees each event before it is sent.</param>
    public static StreamLoad Of(string siteId, IEnumerable<Event> events, int different, Action<Event>? watch = null)
    {
        var batches = new List<byte[]>();
        var sent = 0;
        foreach (var chunk in events.Chunk(BatchEvents))
        {
            var request = new TrackStreamRequest { Sequence = batches.Count + 1, MaxEventAge = AnyAge };
            request.Events.Add(chunk);
            batches.Add(request.ToByteArray());
            sent += chunk.Length;
            foreach (var each in watch is null ? [] : chunk)
                watch!(each);
        }

        return new(siteId, batches, different, sent);
    }
}
