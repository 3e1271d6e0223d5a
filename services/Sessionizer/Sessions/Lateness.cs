using System.Globalization;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>Classes of lateness: how far a late event lies behind the newest of its stream.</summary>
internal static class Lateness
{
    private const long Second = 1_000_000;

    /// <summary>The upper end of each class but the last, inclusive, in microseconds. Stored by index.</summary>
    public static IReadOnlyList<long> UpTo { get; } =
        [Second, 10 * Second, 60 * Second, 600 * Second, 3600 * Second, 86_400 * Second];

    /// <summary>How many classes there are.</summary>
    public static int Classes => UpTo.Count + 1;

    /// <summary>What a class is called where it is counted: its upper end in seconds, or "more".</summary>
    public static string NameOf(int index) =>
        index < UpTo.Count ? (UpTo[index] / Second).ToString(CultureInfo.InvariantCulture) : "more";

    /// <summary>The class of a lateness in microseconds.</summary>
    public static int ClassOf(long late)
    {
        var index = 0;
        while (index < UpTo.Count && late > UpTo[index])
            index++;
        return index;
    }
}
