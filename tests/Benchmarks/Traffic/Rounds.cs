using System.Collections;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;

namespace SessionPlatform.Benchmarks.Traffic;

/// <summary>
/// More batches than could be made beforehand: the same ones round after round, each round for a site of its own, so
/// that no event is the duplicate of another. A batch is made when it is asked for, by writing the name of its round
/// over the one of the site it was made for.
/// </summary>
internal sealed class Rounds : IReadOnlyList<byte[]>
{
    private readonly IReadOnlyList<byte[]> batches;
    private readonly string name;
    private readonly byte[] mark;

    /// <param name="name">The prefix of the site names.</param>
    /// <param name="batchesOfRound">The number of prepared batches of a round.</param>
    /// <param name="count">The number of batches of all rounds; the last round may be incomplete.</param>
    /// <param name="seed">The seed of the visitors.</param>
    public Rounds(string name, int batchesOfRound, int count, ulong seed)
    {
        this.name = name;
        Count = count;
        var (template, events) = (SiteOf(0), Math.Min(batchesOfRound, count) * StreamLoad.BatchEvents);
        batches = StreamLoad.Of(template, ShopTraffic.Recent(template, events, seed), events).Batches;
        // As the field site_id begins in an event: its tag, its length, the name.
        mark =
        [
            (byte)WireFormat.MakeTag(Event.SiteIdFieldNumber, WireFormat.WireType.LengthDelimited),
            (byte)template.Length, .. Encoding.ASCII.GetBytes(template),
        ];
        // Checked now, so that sending cannot fail later.
        Sites = SitesOf(count);
        if (batches.Any(batch => batch.AsSpan().Count(mark) != StreamLoad.BatchEvents))
            throw new InvalidOperationException("Not every event names its site once.");
    }

    public int Count { get; }

    /// <summary>All sites, in the order of their rounds.</summary>
    public IReadOnlyList<string> Sites { get; }

    /// <summary>The average size of a batch in bytes.</summary>
    public double BatchBytes => batches.Average(batch => batch.Length);

    /// <summary>Returns the sites of the given number of first batches.</summary>
    public IReadOnlyList<string> SitesOf(int first) =>
        [.. Enumerable.Range(1, (first + batches.Count - 1) / batches.Count).Select(SiteOf)];

    /// <summary>Events of each of these sites, in the same order, in the first so many batches.</summary>
    public IReadOnlyList<long> EventsOf(int first) =>
        [.. Enumerable.Range(0, SitesOf(first).Count).Select(round =>
            (long)StreamLoad.BatchEvents * Math.Min(batches.Count, first - (round * batches.Count)))];

    public byte[] this[int index]
    {
        get
        {
            // A message behind a message is one message, and of a number that is there twice the last one counts.
            byte[] batch =
            [
                .. batches[index % batches.Count], .. new TrackStreamRequest { Sequence = index + 1 }.ToByteArray(),
            ];
            Rename(batch, Encoding.ASCII.GetBytes(SiteOf(1 + (index / batches.Count))));
            return batch;
        }
    }

    public IEnumerator<byte[]> GetEnumerator() =>
        Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Rename(Span<byte> batch, ReadOnlySpan<byte> site)
    {
        while (batch.IndexOf(mark) is var at and >= 0)
        {
            var end = at + mark.Length;
            site.CopyTo(batch[(end - site.Length)..end]);
            batch = batch[end..];
        }
    }

    // Of one length whatever the number.
    private string SiteOf(int round) => round < 1000
        ? string.Create(CultureInfo.InvariantCulture, $"{name}-{round:000}")
        : throw new ArgumentOutOfRangeException(nameof(round), round, "There are names for 999 rounds.");
}
