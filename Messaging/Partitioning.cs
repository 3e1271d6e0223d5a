using System.Text;

namespace SessionPlatform.Messaging;

/// <summary>Assigns streams to partitions.</summary>
public static class Partitioning
{
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    // This byte does not occur in UTF-8, so ("a", "bc") and ("ab", "c") differ.
    private const byte Separator = 0xFF;

    private const int StackBytes = 512;

    /// <summary>
    /// Returns the partition of a stream: 64-bit FNV-1a over site and stream key, modulo <paramref name="partitions"/>.
    /// Messages on the broker depend on it, so it is the same in every process and version.
    /// </summary>
    public static int Of(string siteId, string streamKey, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        var hash = Add(OffsetBasis, siteId);
        hash = (hash ^ Separator) * Prime;
        hash = Add(hash, streamKey);
        // FNV's low bits are weak for short keys that differ in the last byte only.
        hash ^= hash >> 32;
        return (int)(hash % (ulong)partitions);
    }

    private static ulong Add(ulong hash, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var buffer = most <= StackBytes ? stackalloc byte[StackBytes] : new byte[most];
        foreach (var value in buffer[..Encoding.UTF8.GetBytes(text, buffer)])
            hash = (hash ^ value) * Prime;
        return hash;
    }
}
