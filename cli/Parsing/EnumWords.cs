using Google.Protobuf.Reflection;

namespace SessionPlatform.Cli.Parsing;

/// <summary>
/// Values of an enum of the contract as people write them: <c>PAGE_VIEWS</c> is <c>page-views</c>; with "_" is as good.
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

    /// <summary>All of them, for help and errors.</summary>
    public string All => string.Join(", ", words.Select(each => each.Word));

    /// <summary>The value; null: there is none of that name, and the error says which there are.</summary>
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

    /// <summary>The word for a value; that of one from a later version is its number.</summary>
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
