using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf.Collections;
using SessionPlatform.Contracts.Common.V1;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>
/// Sums of money by currency, exact. An amount has at most 15 digits before and 6 behind the point; a decimal holds
/// 28 digits, so it takes more than 10^7 of the greatest amounts before a sum could lose one.
/// </summary>
internal sealed class RevenueTotals
{
    private const decimal MostAmount = 1_000_000_000_000_000;
    private const NumberStyles AmountStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    // In order of currency, and hardly ever more than one.
    private readonly List<Total> _totals = [];

    /// <summary>Whether it is money that can be added.</summary>
    public static bool IsAmount(Money money) =>
        decimal.TryParse(money.Amount, AmountStyle, CultureInfo.InvariantCulture, out var amount)
        && Math.Abs(amount) < MostAmount
        && !money.Currency.Contains('\0', StringComparison.Ordinal);

    public void Add(Money money)
    {
        var amount = decimal.Parse(money.Amount, AmountStyle, CultureInfo.InvariantCulture);
        var totals = CollectionsMarshal.AsSpan(_totals);
        var index = 0;
        for (; index < totals.Length; index++)
        {
            var order = string.Compare(totals[index].Currency, money.Currency, StringComparison.OrdinalIgnoreCase);
            if (order == 0)
            {
                totals[index].Amount += amount;
                return;
            }

            if (order > 0)
                break;
        }

        _totals.Insert(index, new Total(money.Currency.ToUpperInvariant(), amount));
    }

    public void WriteTo(RepeatedField<Money> revenue)
    {
        foreach (var (currency, amount) in _totals)
            revenue.Add(new Money { Amount = Format(amount), Currency = currency });
    }

    public static RevenueTotals From(RepeatedField<Money> revenue)
    {
        var totals = new RevenueTotals();
        foreach (var money in revenue)
            totals.Add(money);
        return totals;
    }

    // The sum of "-0" is "0", whatever the order of the terms.
    private static string Format(decimal amount) =>
        (amount == 0 ? Math.Abs(amount) : amount).ToString(CultureInfo.InvariantCulture);

    private record struct Total(string Currency, decimal Amount);
}
