using Google.Protobuf.Reflection;

namespace SessionPlatform.Cli.Parsing;

/// <summary>
/// Converts between enum values of the contract and words: <c>PAGE_VIEWS</c> is <c>page-views</c> or <c>page_views</c>.
/// </summary>
internal sealed class EnumWords<T>(string what, EnumDescriptor descriptor)
    where T : struct, System.Enum
{
    private readonly (string Word, T Value)[] words =
    [
        .. descriptor.Values
            .Where(value => value.Number != 0)
            .Select(value => (WordOf(value.Name), (T)System.Enum.ToObject(typeof(T), value.Number))),
    ];

    /// <summary>All words, for help and errors.</summary>
    public string All => string.Join(", ", words.Select(each => each.Word));

    /// <summary>Returns the value; null when the word is unknown, with an error that lists all words.</summary>
    public T? Parse(string text, out string error)
    {
        var word = WordOf(text.Trim());
        foreach (var each in words)
        {
            if (each.Word == word)
            {
                error = "";
                return each.Value;
            }
        }

        error = $"'{text.Trim()}' is no {what}: take one of {All}.";
        return null;
    }

    /// <summary>Returns the word for a value; for a value of a later version, its number.</summary>
    public string Of(T value)
    {
        foreach (var each in words)
        {
            if (EqualityComparer<T>.Default.Equals(each.Value, value))
                return each.Word;
        }

        return value.ToString();
    }

    private static string WordOf(string name) => name.Replace('_', '-').ToLowerInvariant();
}
