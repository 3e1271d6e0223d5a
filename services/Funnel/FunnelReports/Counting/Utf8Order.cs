namespace SessionPlatform.Funnel.FunnelReports.Counting;

/// <summary>
/// Texts in the order of their bytes in UTF-8, which is that of their code points; UTF-16 has those beyond the first
/// 65,536 before some others.
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
