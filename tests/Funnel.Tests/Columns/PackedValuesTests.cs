using SessionPlatform.Funnel.Columns;

namespace SessionPlatform.Funnel.Tests.Columns;

/// <summary>What is packed is unpacked as it was, and in as few bytes as its span allows.</summary>
public sealed class PackedValuesTests
{
    private const int HeaderBytes = 17;

    [Fact]
    public void Numbers_of_any_span_come_back()
    {
        var random = new Random(1);
        for (var round = 0; round < 500; round++)
        {
            var (bits, count) = (random.Next(65), random.Next(50));
            var least = random.NextInt64(long.MinValue, long.MaxValue);
            var longs = Enumerable.Range(0, count)
                .Select(_ => unchecked(least + (bits == 0 ? 0 : random.NextInt64() >>> (64 - bits)))).ToArray();
            Assert.Equal(longs, PackedValues.Unpack<long>(PackedValues.Pack<long>(longs)));
            var ints = Array.ConvertAll(longs, value => unchecked((int)value));
            Assert.Equal(ints, PackedValues.Unpack<int>(PackedValues.Pack<int>(ints)));
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(255, 1)]
    [InlineData(256, 2)]
    [InlineData(65_536, 4)]
    [InlineData(uint.MaxValue + 1L, 8)]
    [InlineData(long.MaxValue, 8)]
    public void A_value_takes_as_many_bytes_as_their_span_does(long span, int bytes)
    {
        long[] values = [-7, unchecked(span - 7), -7];
        var packed = PackedValues.Pack<long>(values);
        Assert.Equal(HeaderBytes + (3 * bytes), packed.Length);
        Assert.Equal(values, PackedValues.Unpack<long>(packed));
    }

    [Theory]
    [InlineData(10, 4)]
    [InlineData(1_000, 4)]
    [InlineData(10_000, 4)]
    [InlineData(10_000_000, 1)]
    public void Times_are_counted_in_the_largest_unit_that_fits_all(long unit, int bytes)
    {
        long[] values = [3, 3 + unit, 3 + (unit * (2_000_000_000 / unit))];
        var packed = PackedValues.Pack<long>(values);
        Assert.Equal(HeaderBytes + (3 * bytes), packed.Length);
        Assert.Equal(values, PackedValues.Unpack<long>(packed));
    }

    [Fact]
    public void Values_that_are_no_whole_numbers_come_back()
    {
        double[] doubles = [0.1, double.NaN, -1, double.MaxValue];
        Assert.Equal(doubles, PackedValues.Unpack<double>(PackedValues.Pack<double>(doubles)));
        decimal[] decimals = [0.10m, -79_228_162_514_264_337_593_543_950_335m];
        Assert.Equal(decimals, PackedValues.Unpack<decimal>(PackedValues.Pack<decimal>(decimals)));
        Guid[] ids = [Guid.Empty, new("0f8fad5b-d9cb-869f-a165-70867728950e")];
        Assert.Equal(ids, PackedValues.Unpack<Guid>(PackedValues.Pack<Guid>(ids)));
    }

    [Fact]
    public void Damaged_bytes_are_refused()
    {
        byte[] packed = PackedValues.Pack<int>([1, 2, 300]);
        Assert.Throws<InvalidDataException>(() => PackedValues.Unpack<int>(packed.AsSpan(..^1)));
        Assert.Throws<InvalidDataException>(() => PackedValues.Unpack<int>(packed.AsSpan(..5)));
        byte[] wide = [.. packed];
        wide[4] = 3;
        Assert.Throws<InvalidDataException>(() => PackedValues.Unpack<int>([.. wide, 0, 0, 0]));
        byte[] less = [.. packed];
        less[3] = 0x80;
        Assert.Throws<InvalidDataException>(() => PackedValues.Unpack<int>(less));
    }
}
