using System.Globalization;
using System.Runtime.InteropServices;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Funnel.Database;

namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>Revenue by group and currency. Amounts have at most 15 digits before the point and 6 behind: sums are exact.</summary>
internal sealed class MoneySums
{
    private const int Millionths = 1_000_000;

    private Dictionary<(int Group, int Currency), Int128> sums = [];

    /// <summary>The same, to be added to.</summary>
    public MoneySums Copy() => new() { sums = new Dictionary<(int Group, int Currency), Int128>(sums) };

    /// <summary>The numbers of the currencies that there are.</summary>
    public IReadOnlyCollection<int> Currencies => [.. sums.Keys.Select(key => key.Currency).Distinct()];

    public void Add(int group, int currency, decimal amount) =>
        CollectionsMarshal.GetValueRefOrAddDefault(sums, (group, currency), out _) += (Int128)(amount * Millionths);

    /// <summary>By figure, see <see cref="Cells"/>, each by currency.</summary>
    /// <param name="texts">Of the currencies.</param>
    public Dictionary<int, Money[]> Write(Cells cells, IReadOnlyDictionary<int, string> texts)
    {
        var found = new Dictionary<(int Cell, int Currency), Int128>();
        foreach (var ((group, currency), sum) in sums)
        {
            var (key, bucket) = Math.DivRem(group, cells.Buckets);
            CollectionsMarshal.GetValueRefOrAddDefault(found, (cells.Of(key), currency), out _) += sum;
            found[(cells.Of(key, bucket), currency)] = sum;
        }

        return found.GroupBy(entry => entry.Key.Cell).ToDictionary(group => group.Key, Of);

        Money[] Of(IEnumerable<KeyValuePair<(int Cell, int Currency), Int128>> ofCell) => [.. ofCell
            .Select(entry => new Money { Currency = texts[entry.Key.Currency], Amount = TextOf(entry.Value) })
            .OrderBy(money => money.Currency, Utf8Order.Instance)];
    }

    private static string TextOf(Int128 sum)
    {
        var sign = Int128.IsNegative(sum) ? "-" : "";
        var (whole, rest) = Int128.DivRem(Int128.Abs(sum), Millionths);
        var text = string.Create(CultureInfo.InvariantCulture, $"{sign}{whole}.{(int)rest:000000}");
        return text.TrimEnd('0').TrimEnd('.');
    }
}
