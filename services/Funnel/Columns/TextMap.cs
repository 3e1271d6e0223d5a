using Npgsql;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// What a report makes of texts, by their numbers: each different text that occurs is looked at once, and then an array
/// tells.
/// </summary>
/// <param name="valueOf">From 0.</param>
internal sealed class TextMap(NpgsqlDataSource dataSource, string siteId, Func<string, int> valueOf)
{
    private const int Unknown = -1;

    private int[] values = [];

    /// <summary>By number of the text; only of texts that were learned.</summary>
    public ReadOnlySpan<int> Values => values;

    /// <summary>Learns the texts of a column.</summary>
    public async Task LearnAsync(int[] numbers, CancellationToken cancellationToken)
    {
        var unknown = Unlearned(numbers);
        if (unknown.Count == 0)
            return;
        // In the order of their numbers, so that a report is always the same.
        var texts = await Numbers.OfTexts.TextsAsync(dataSource, siteId, unknown, cancellationToken);
        foreach (var number in unknown.Order())
            values[number] = valueOf(texts[number]);
    }

    private List<int> Unlearned(int[] numbers)
    {
        var unknown = new List<int>();
        foreach (var number in numbers)
        {
            if (number >= values.Length)
            {
                var before = values.Length;
                Array.Resize(ref values, Math.Max(number + 1, 2 * before));
                values.AsSpan(before).Fill(Unknown);
            }

            if (values[number] != Unknown)
                continue;
            // Until its text is there, so that it is asked for once.
            values[number] = int.MaxValue;
            unknown.Add(number);
        }

        return unknown;
    }
}
