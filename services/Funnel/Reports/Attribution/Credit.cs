using System.Runtime.InteropServices;
using SessionPlatform.Contracts.Attribution.V1;
using SessionPlatform.Contracts.Common.V1;

namespace SessionPlatform.Funnel.Reports.Attribution;

/// <summary>
/// The credit of one value: sums of parts, grouped by the number of parts that a conversion was split into.
/// </summary>
internal sealed class Credit
{
    private readonly Dictionary<int, (long Conversions, long Sessions)> counts = [];
    private readonly Dictionary<(int Parts, string Currency), decimal> revenue = [];

    /// <summary>The exact number of credited conversions.</summary>
    public Fraction Conversions => Sum(counts.Select(count => Fraction.Of(count.Value.Conversions, count.Key)));

    private Fraction Sessions => Sum(counts.Select(count => Fraction.Of(count.Value.Sessions, count.Key)));

    /// <summary>Adds a number of the equal parts of a converting session.</summary>
    public void Add(ConvertingSession session, int some, int parts)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, parts, out _);
        count = (count.Conversions + (some * session.Conversions), count.Sessions + some);
        foreach (var (currency, amount) in session.Revenue)
            CollectionsMarshal.GetValueRefOrAddDefault(revenue, (parts, currency), out _) += some * amount;
    }

    public void Add(Credit other)
    {
        foreach (var (parts, more) in other.counts)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, parts, out _);
            count = (count.Conversions + more.Conversions, count.Sessions + more.Sessions);
        }

        foreach (var (key, amount) in other.revenue)
            CollectionsMarshal.GetValueRefOrAddDefault(revenue, key, out _) += amount;
    }

    /// <summary>Converts the credit to a row. Only here are figures rounded.</summary>
    public AttributionRow ToRow(string value) => new()
    {
        Value = value,
        Conversions = Conversions.ToDouble(),
        Sessions = Sessions.ToDouble(),
        Revenue =
        {
            revenue.GroupBy(sum => sum.Key.Currency, StringComparer.Ordinal)
                .OrderBy(sums => sums.Key, StringComparer.Ordinal)
                .Select(sums => new Money
                {
                    Currency = sums.Key,
                    Amount = Sum(sums.Select(sum => Fraction.Of(sum.Value, sum.Key.Parts))).ToText(),
                }),
        },
    };

    private static Fraction Sum(IEnumerable<Fraction> fractions) =>
        fractions.Aggregate(Fraction.Zero, (sum, fraction) => sum + fraction);
}

/// <summary>A session with conversions.</summary>
internal sealed record ConvertingSession(long Conversions, IReadOnlyDictionary<string, decimal> Revenue);
