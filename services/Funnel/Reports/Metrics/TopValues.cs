using Npgsql;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Reports.Metrics.Counting;

namespace SessionPlatform.Funnel.Reports.Metrics;

/// <summary>A value that has much of a metric.</summary>
/// <param name="Key">Under which it was counted.</param>
/// <param name="Number">Of its text.</param>
internal sealed record TopValue(int Key, int Number, string Text);

/// <summary>Finds the values of a dimension that have most of a metric.</summary>
internal sealed class TopValues(NpgsqlDataSource dataSource)
{
    /// <summary>Greatest first, then by value.</summary>
    /// <param name="byValue">Its first metric ranks.</param>
    public async Task<List<TopValue>> FindAsync(
        string siteId, Tally byValue, int limit, CancellationToken cancellationToken)
    {
        var (numbers, figures) = (byValue.KeyValues, byValue.Finish(new Dictionary<int, string>()));
        // What there is nothing to divide by of comes last.
        var ranked = Enumerable.Range(0, numbers.Count).Select(Rank).ToArray();
        var order = ranked.ToArray();
        Array.Sort(order);
        var least = order.Length > limit ? order[^limit] : double.NegativeInfinity;
        List<int> above = [.. Enumerable.Range(0, ranked.Length).Where(key => ranked[key] > least)];
        List<int> equal = [.. Enumerable.Range(0, ranked.Length).Where(key => ranked[key] == least)];
        // Of many that are equal only the first are wanted.
        var dictionary = SiteDictionary.Texts(dataSource, siteId);
        var texts = await dictionary.DecodeAsync([.. above.Select(key => numbers[key])], cancellationToken);
        var firsts = await dictionary.DecodeFirstAsync(
            [.. equal.Select(key => numbers[key])], limit - above.Count, cancellationToken);
        return [.. above.Select(key => Of(key, texts)).Concat(equal.Where(IsFirst).Select(key => Of(key, firsts)))
            .OrderByDescending(value => ranked[value.Key])
            .ThenBy(value => value.Text, Utf8Order.Instance)];

        double Rank(int key) => figures.NumberOf(0, key) is var number && double.IsNaN(number)
            ? double.NegativeInfinity
            : number;

        bool IsFirst(int key) => firsts.ContainsKey(numbers[key]);

        TopValue Of(int key, IReadOnlyDictionary<int, string> found) => new(key, numbers[key], found[numbers[key]]);
    }
}
