using FsCheck;
using FsCheck.Fluent;

namespace SessionPlatform.ColumnStore.Tests;

/// <summary>A lookup answers as its function does, and asks for each string once.</summary>
public sealed class DictionaryLookupTests
{
    [Fact]
    public void Codes_are_mapped_as_their_strings_and_each_string_is_read_once() =>
        ForAll(Chunks(), chunks =>
        {
            var dictionary = Filled();
            var called = new List<string>();
            var lookup = new DictionaryLookup(dictionary, text =>
            {
                called.Add(text);
                return text.Length;
            });
            foreach (var codes in chunks)
            {
                lookup.LearnAsync(codes, CancellationToken.None).GetAwaiter().GetResult();
                foreach (var code in codes)
                    Assert.Equal(dictionary[code].Length, lookup.Values[code]);
            }

            var distinct = chunks.SelectMany(codes => codes).Distinct().ToList();
            Assert.Equal(distinct.Order(), dictionary.Decoded.Order());
            Assert.Equal(distinct.Count, called.Count);
        });

    [Fact]
    public async Task Strings_are_mapped_in_the_order_of_their_codes()
    {
        var next = 0;
        var lookup = new DictionaryLookup(Filled(), _ => next++);

        await lookup.LearnAsync([7, 2, 9, 2], CancellationToken.None);

        Assert.Equal([0, 1, 2], new[] { lookup.Values[2], lookup.Values[7], lookup.Values[9] });
    }

    private static MemoryDictionary Filled()
    {
        var dictionary = new MemoryDictionary();
        string[] strings = [.. Enumerable.Range(1, 60).Select(length => new string('x', length))];
        dictionary.EncodeAsync(strings, CancellationToken.None).GetAwaiter().GetResult();
        return dictionary;
    }

    private static Gen<int[][]> Chunks() => Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(0, 60)));

    private static void ForAll<T>(Gen<T> values, Action<T> holds) =>
        Prop.ForAll(Arb.From(values), holds).Check(Config.QuickThrowOnFailure);
}
