namespace SessionPlatform.ColumnStore;

/// <summary>
/// Dictionary encoding of strings: each distinct string has a code, a small positive integer that never changes. The
/// code 0 is the empty string.
/// </summary>
public interface IStringDictionary
{
    /// <summary>
    /// Returns the code of each string, in their order; strings that have no code yet get the next ones.
    /// </summary>
    /// <param name="strings">Distinct strings, none of them empty.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<int[]> EncodeAsync(string[] strings, CancellationToken cancellationToken);

    /// <summary>Returns the strings of codes, at least of those asked for.</summary>
    /// <param name="codes">Codes that <see cref="EncodeAsync"/> has returned, or 0.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Dictionary<int, string>> DecodeAsync(IReadOnlyCollection<int> codes, CancellationToken cancellationToken);
}
