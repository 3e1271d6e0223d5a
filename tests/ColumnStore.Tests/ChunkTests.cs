using FsCheck;
using FsCheck.Fluent;

namespace SessionPlatform.ColumnStore.Tests;

/// <summary>A chunk that was built and encoded reads as the rows that it was built of.</summary>
public sealed class ChunkTests
{
    private static readonly Column<long> Number = new("number");
    private static readonly Column<int> Name = new("name");
    private static readonly Column<int> Owner = new("owner");
    private static readonly RepeatedGroup Tags = new(new Column<int>("tags"));
    private static readonly Column<int> Tag = new("tag");

    [Fact]
    public void Rows_are_read_as_they_were_added() =>
        ForAll(Rows(), rows =>
        {
            var (names, owners) = (new MemoryDictionary(), new MemoryDictionary());
            var chunk = Build(rows, names, owners);

            var offsets = chunk.Offsets(Tags);
            var read = Enumerable.Range(0, rows.Length).Select(row => new Row(
                chunk.Values(Number)[row],
                names[chunk.Values(Name)[row]],
                owners[chunk.Values(Owner)[row]],
                [.. chunk.Values(Tag)[offsets[row]..offsets[row + 1]].Select(tag => names[tag])]));
            Assert.Equal(rows.Select(row => row.ToString()), read.Select(row => row.ToString()));
        });

    [Fact]
    public void Each_distinct_string_is_looked_up_once() =>
        ForAll(Rows(), rows =>
        {
            var (names, owners) = (new MemoryDictionary(), new MemoryDictionary());
            Build(rows, names, owners);

            Assert.Equal(
                rows.SelectMany(row => row.Tags.Prepend(row.Name)).Where(text => text != "").Distinct().Order(),
                names.Encoded.Order());
            Assert.Equal(
                rows.Select(row => row.Owner).Where(text => text != "").Distinct().Order(), owners.Encoded.Order());
        });

    [Fact]
    public void A_column_is_decoded_once()
    {
        var chunk = Build([new Row(1, "a", "", [])], new MemoryDictionary(), new MemoryDictionary());

        Assert.Same(chunk.Values(Number), chunk.Values(Number));
        Assert.Same(chunk.Offsets(Tags), chunk.Offsets(Tags));
    }

    [Fact]
    public void Only_loaded_columns_are_there()
    {
        var chunk = new ColumnChunk(1, new Dictionary<Column, byte[]> { [Number] = Number.Encode(new long[] { 3 }) });

        Assert.True(chunk.Has(Number));
        Assert.False(chunk.Has(Name));
        Assert.Throws<KeyNotFoundException>(() => chunk.Values(Name));
    }

    [Fact]
    public void Offsets_are_the_sums_of_the_counts_before() =>
        ForAll(Gen.ArrayOf(Gen.Choose(0, 9)), counts => Assert.Equal(
            Enumerable.Range(0, counts.Length + 1).Select(end => counts.Take(end).Sum()), PrefixSum.Offsets(counts)));

    private static ColumnChunk Build(Row[] rows, MemoryDictionary names, MemoryDictionary owners)
    {
        var builder = new ChunkBuilder();
        var (numbers, ofNames, ofOwners) = (builder.Add(Number), builder.Add(Name, names), builder.Add(Owner, owners));
        var (counts, tags) = (builder.Add(Tags.Counts), builder.Add(Tag, names));
        foreach (var row in rows)
        {
            numbers.Add(row.Number);
            ofNames.Add(row.Name);
            ofOwners.Add(row.Owner == "" ? null : row.Owner);
            counts.Add(row.Tags.Length);
            foreach (var tag in row.Tags)
                tags.Add(tag);
        }

        return new ColumnChunk(rows.Length, builder.EncodeAsync(CancellationToken.None).Result);
    }

    private static Gen<Row[]> Rows()
    {
        var texts = Gen.Elements("", "a", "b", "A", "ä", "long text", "\0");
        return Gen.ArrayOf(
            from number in ArbMap.Default.GeneratorFor<long>()
            from name in texts
            from owner in texts
            from tags in Gen.ArrayOf(texts)
            select new Row(number, name, owner, tags));
    }

    private static void ForAll<T>(Gen<T> values, Action<T> holds) =>
        Prop.ForAll(Arb.From(values), holds).Check(Config.QuickThrowOnFailure);

    private sealed record Row(long Number, string Name, string Owner, string[] Tags)
    {
        public override string ToString() => $"{Number} '{Name}' '{Owner}' '{string.Join("' '", Tags)}'";
    }
}
