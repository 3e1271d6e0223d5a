namespace SessionPlatform.Funnel.Database;

/// <summary>
/// Compares texts by their UTF-8 bytes, which is the order of code points. UTF-16 sorts code points beyond U+FFFF
/// before some others.
/// </summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static readonly Utf8Order Instance = new();

    public int Compare(string? x, string? y)
    {
        var (one, other) = (x ?? "", y ?? "");
        var index = one.AsSpan().CommonPrefixLength(other);
        if (index == one.Length || index == other.Length)
            return one.Length.CompareTo(other.Length);
        var (left, right) = (one[index], other[index]);
        var isEitherBeyond = char.IsSurrogate(left) != char.IsSurrogate(right);
        return isEitherBeyond ? char.IsSurrogate(left).CompareTo(char.IsSurrogate(right)) : left.CompareTo(right);
    }
}
