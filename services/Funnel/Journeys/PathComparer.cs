using System.Numerics;

namespace SessionPlatform.Funnel.Journeys;

/// <summary>Paths are the same when their pages are; looked up without making an array first.</summary>
internal sealed class PathComparer : IEqualityComparer<int[]>, IAlternateEqualityComparer<ReadOnlySpan<int>, int[]>
{
    private const uint Multiplier = 0x9E37_79B1;

    public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(int[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<int> alternate, int[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<int> alternate)
    {
        // Pages are small numbers: a few multiplications spread them well enough, and a session costs one such hash.
        var hash = (uint)alternate.Length;
        foreach (var page in alternate)
            hash = BitOperations.RotateLeft((hash ^ (uint)page) * Multiplier, 13);
        return (int)hash;
    }

    public int[] Create(ReadOnlySpan<int> alternate) => alternate.ToArray();
}
