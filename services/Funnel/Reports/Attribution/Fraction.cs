using System.Globalization;
using System.Numerics;

namespace SessionPlatform.Funnel.Reports.Attribution;

/// <summary>An exact fraction; the denominator is positive.</summary>
internal readonly record struct Fraction(BigInteger Numerator, BigInteger Denominator) : IComparable<Fraction>
{
    private const int Digits = 6;
    private const int FineDigits = 18;

    private static readonly BigInteger Unit = BigInteger.Pow(10, Digits);
    private static readonly BigInteger FineUnit = BigInteger.Pow(10, FineDigits);

    public static Fraction Zero { get; } = new(0, 1);

    /// <summary>Divides a decimal number exactly.</summary>
    public static Fraction Of(decimal number, int divisor)
    {
        // A decimal is a 96-bit integer and a power of ten that divides it.
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(number, bits);
        var scale = (bits[3] >> 16) & 0xFF;
        var whole = new BigInteger(decimal.Abs(new decimal(bits[0], bits[1], bits[2], bits[3] < 0, 0)));
        return new Fraction(bits[3] < 0 ? -whole : whole, BigInteger.Pow(10, scale) * divisor);
    }

    public static Fraction operator +(Fraction one, Fraction other)
    {
        var numerator = (one.Numerator * other.Denominator) + (other.Numerator * one.Denominator);
        var denominator = one.Denominator * other.Denominator;
        var common = BigInteger.GreatestCommonDivisor(numerator, denominator);
        return new Fraction(numerator / common, denominator / common);
    }

    public int CompareTo(Fraction other) =>
        (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <summary>Rounds to 18 decimal places, and then to the nearest double.</summary>
    public double ToDouble()
    {
        var whole = BigInteger.DivRem(Numerator, Denominator, out var rest);
        return (double)((decimal)whole + ((decimal)(rest * FineUnit / Denominator) / (decimal)FineUnit));
    }

    /// <summary>Rounds to 6 decimal places, half to even, and removes trailing zeros.</summary>
    public string ToText()
    {
        var quotient = BigInteger.DivRem(BigInteger.Abs(Numerator) * Unit, Denominator, out var rest);
        var half = (rest * 2).CompareTo(Denominator);
        if (half > 0 || (half == 0 && !quotient.IsEven))
            quotient++;
        var whole = BigInteger.DivRem(quotient, Unit, out var digits);
        var sign = Numerator.Sign < 0 && !quotient.IsZero ? "-" : "";
        var text = string.Create(CultureInfo.InvariantCulture, $"{sign}{whole}");
        return digits.IsZero
            ? text
            : $"{text}.{digits.ToString("D6", CultureInfo.InvariantCulture).TrimEnd('0')}";
    }
}
