using FsCheck;
using FsCheck.Fluent;

namespace SessionPlatform.ColumnStore.Tests;

/// <summary>Decoded values are the encoded ones, in as few bytes as their range allows.</summary>
public sealed class ColumnEncodingTests
{
    private const int HeaderBytes = 17;

    [Fact]
    public void Integers_of_any_range_are_decoded_as_they_were()
    {
        ForAll(Longs(), longs =>
        {
            Assert.Equal(longs, Decode<long>(Encode(longs)));
            var ints = Array.ConvertAll(longs, value => unchecked((int)value));
            Assert.Equal(ints, Decode<int>(Encode(ints)));
        });
    }

    [Fact]
    public void One_integer_is_decoded_as_it_is_among_all()
    {
        ForAll(Longs(), longs =>
        {
            var encoded = Encode(longs);
            Assert.Equal(longs, longs.Select((_, index) => FrameOfReferenceEncoding.ValueAt(encoded, index)));
            var ints = Array.ConvertAll(longs, value => unchecked((int)value));
            encoded = Encode(ints);
            Assert.Equal(
                ints, ints.Select((_, index) => unchecked((int)FrameOfReferenceEncoding.ValueAt(encoded, index))));
        });
    }

    [Fact]
    public void Encoded_bytes_are_those_of_a_naive_encoder()
    {
        ForAll(Longs(), longs =>
        {
            Assert.Equal(NaiveEncoder.Encode(longs, isLong: true), Encode(longs));
            var ints = Array.ConvertAll(longs, value => unchecked((int)value));
            var asLongs = Array.ConvertAll(ints, value => (long)value);
            Assert.Equal(NaiveEncoder.Encode(asLongs, isLong: false), Encode(ints));
        });
    }

    [Fact]
    public void Bytes_that_lost_or_gained_some_are_refused()
    {
        var damages =
            from values in Longs()
            from damage in Gen.Choose(-30, 30)
            where damage != 0 && (damage > 0 || values.Length > 0)
            select (values, damage);
        ForAll(damages, each =>
        {
            var encoded = Encode(each.values);
            var damaged = each.damage > 0
                ? [.. encoded, .. new byte[each.damage]]
                : encoded[..Math.Max(encoded.Length + each.damage, 0)];
            Assert.True(ColumnEncoding.IsWellFormed<long>(encoded));
            Assert.False(ColumnEncoding.IsWellFormed<long>(damaged));
            Assert.Throws<InvalidDataException>(() => Decode<long>(damaged));
        });
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(255, 1)]
    [InlineData(256, 2)]
    [InlineData(65_536, 4)]
    [InlineData(uint.MaxValue + 1L, 8)]
    [InlineData(long.MaxValue, 8)]
    public void A_value_takes_as_many_bytes_as_the_range_needs(long range, int bytes)
    {
        long[] values = [-7, unchecked(range - 7), -7];
        var encoded = Encode(values);
        Assert.Equal(HeaderBytes + (3 * bytes), encoded.Length);
        Assert.Equal(values, Decode<long>(encoded));
    }

    [Theory]
    [InlineData(10, 4)]
    [InlineData(1_000, 4)]
    [InlineData(10_000, 4)]
    [InlineData(10_000_000, 1)]
    public void Times_are_counted_in_the_largest_unit_that_divides_all(long unit, int bytes)
    {
        long[] values = [3, 3 + unit, 3 + (unit * (2_000_000_000 / unit))];
        var encoded = Encode(values);
        Assert.Equal(HeaderBytes + (3 * bytes), encoded.Length);
        Assert.Equal(values, Decode<long>(encoded));
    }

    [Fact]
    public void Values_of_other_types_are_decoded_as_they_were()
    {
        AreDecoded<double>();
        AreDecoded<decimal>();
        AreDecoded<Guid>();

        static void AreDecoded<T>()
            where T : unmanaged =>
            ForAll(
                Gen.ArrayOf(ArbMap.Default.GeneratorFor<T>()),
                values => Assert.Equal(values, Decode<T>(Encode(values))));
    }

    [Fact]
    public void Damaged_headers_are_refused()
    {
        byte[] encoded = Encode([1, 2, 300]);
        Assert.Throws<InvalidDataException>(() => Decode<int>(encoded[..^1]));
        Assert.Throws<InvalidDataException>(() => Decode<int>(encoded[..5]));
        byte[] wide = [.. encoded];
        wide[4] = 3;
        Assert.Throws<InvalidDataException>(() => Decode<int>([.. wide, 0, 0, 0]));
        byte[] negative = [.. encoded];
        negative[3] = 0x80;
        Assert.Throws<InvalidDataException>(() => Decode<int>(negative));
    }

    /// <summary>Integers around any reference, as multiples of any unit, of a range of any number of bits.</summary>
    private static Gen<long[]> Longs() =>
        from reference in Gen.Elements(0L, 1L, -1L, int.MinValue, int.MaxValue, long.MinValue, long.MaxValue)
        from shift in ArbMap.Default.GeneratorFor<long>()
        from unit in Gen.Elements(1L, 7L, 10L, 1_000L, 10_000L, 1_000_000L, 10_000_000L)
        from bits in Gen.Choose(0, 64)
        from values in Gen.ArrayOf(Gen.Choose(0, int.MaxValue).Select(high => (ulong)high << 33)
            .SelectMany(high => Gen.Choose(0, int.MaxValue).Select(low => high ^ (ulong)low)))
        select Array.ConvertAll(
            values,
            value => unchecked(reference + shift + (unit * (long)(bits == 0 ? 0 : value >> (64 - bits)))));

    private static void ForAll<T>(Gen<T> values, Action<T> holds) =>
        Prop.ForAll(Arb.From(values), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static byte[] Encode<T>(T[] values)
        where T : unmanaged => ColumnEncoding.Encode<T>(values);

    private static T[] Decode<T>(byte[] encoded)
        where T : unmanaged => ColumnEncoding.Decode<T>(encoded);
}
