using SessionPlatform.Funnel.Columns;

namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>Which bucket sessions are in, from 0; without buckets all are in one.</summary>
/// <param name="begins">In the order of time; sessions before the first are of it.</param>
internal sealed class Bucketing(DateTime[]? begins)
{
    private readonly long[] micros = [.. (begins ?? []).Select(Micros)];
    private int[] found = [];

    public int Count => Math.Max(micros.Length, 1);

    /// <summary>Tells apart how sessions before a time are in buckets.</summary>
    public string NameUntil(DateTime time)
    {
        var count = micros.Count(begin => begin < Micros(time));
        return count == 0 ? "" : $"{micros[0]} {micros[count - 1]} {count}";
    }

    /// <summary>Whether the sessions of a chunk may be in several.</summary>
    public bool Cuts(PlannedChunk chunk) => Cuts(chunk.FirstHour, chunk.Before);

    /// <summary>The bucket of each session; good until the next chunk.</summary>
    public ReadOnlySpan<int> Of(Chunk chunk)
    {
        if (found.Length < chunk.Sessions)
            found = new int[chunk.Sessions];
        var buckets = found.AsSpan(0, chunk.Sessions);
        var bucket = BucketOf(Micros(chunk.From));
        if (!Cuts(chunk.From, chunk.Before))
        {
            buckets.Fill(bucket);
            return buckets;
        }

        // Sessions are in the order of their starts.
        var starts = chunk.Values(FactColumns.StartedAt);
        for (var session = 0; session < buckets.Length; session++)
        {
            while (bucket + 1 < micros.Length && micros[bucket + 1] <= starts[session])
                bucket++;
            buckets[session] = bucket;
        }

        return buckets;
    }

    private bool Cuts(DateTime from, DateTime before) => BucketOf(Micros(from)) != BucketOf(Micros(before) - 1);

    private int BucketOf(long at)
    {
        var index = micros.AsSpan().BinarySearch(at);
        return Math.Max(index < 0 ? ~index - 1 : index, 0);
    }

    private static long Micros(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
