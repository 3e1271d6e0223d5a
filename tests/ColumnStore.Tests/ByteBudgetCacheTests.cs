using FsCheck;
using FsCheck.Fluent;

namespace SessionPlatform.ColumnStore.Tests;

/// <summary>The cache keeps to its budget, and holds what was used last, as a slow list does.</summary>
public sealed class ByteBudgetCacheTests
{
    private const long Budget = 100;
    private const int Lookups = 100_000;

    [Fact]
    public void The_cache_answers_as_a_list_in_order_of_use_that_is_cut_at_the_budget() =>
        ForAll(Steps(), steps =>
        {
            var cache = new ByteBudgetCache(Budget);
            CachePartition<int, string>[] kinds =
                [cache.AddPartition<int, string>("a"), cache.AddPartition<int, string>("b")];
            var model = new LruModel(Budget);
            foreach (var (step, index) in steps.Select((step, index) => (step, index)))
            {
                var kind = kinds[step.Kind];
                if (step.Size is { } size)
                {
                    kind.Set(step.Key, $"{step.Kind} {step.Key} {index}", size);
                    model.Set((step.Kind, step.Key), $"{step.Kind} {step.Key} {index}", size);
                }
                else
                {
                    Assert.Equal(
                        model.Find((step.Kind, step.Key)), kind.TryGet(step.Key, out var value) ? value : null);
                }

                Assert.InRange(cache.Bytes, 0, Budget);
                Assert.Equal(model.Bytes, cache.Bytes);
                Assert.Equal(cache.Bytes, kinds.Sum(each => each.Bytes));
            }

            Assert.Equal(model.Hits, kinds.Sum(each => each.Hits));
            Assert.Equal(model.Misses, kinds.Sum(each => each.Misses));
            Assert.Equal(model.Evictions, kinds.Sum(each => each.Evictions));
        });

    [Fact]
    public void Entries_of_one_kind_are_not_found_as_those_of_another()
    {
        var cache = new ByteBudgetCache(Budget);
        var texts = cache.AddPartition<string, string>("texts");
        var others = cache.AddPartition<string, string>("others");
        texts.Set("key", "text", 1);

        Assert.False(others.TryGet("key", out _));
        Assert.True(texts.TryGet("key", out var found));
        Assert.Equal("text", found);
    }

    [Fact]
    public void Many_threads_leave_the_cache_within_its_budget()
    {
        var cache = new ByteBudgetCache(Budget);
        var kind = cache.AddPartition<int, string>("kind");

        Parallel.For(0, Lookups, new ParallelOptions { MaxDegreeOfParallelism = 8 }, index =>
        {
            var key = index % 40;
            if (kind.TryGet(key, out var value))
                Assert.Equal($"{key}", value);
            else
                kind.Set(key, $"{key}", 1 + (key % 9));
        });

        Assert.InRange(cache.Bytes, 1, Budget);
        Assert.Equal(Lookups, kind.Hits + kind.Misses);
    }

    [Fact]
    public async Task Threads_take_turns_over_all_kinds()
    {
        var cache = new ByteBudgetCache(Budget);
        var (kind, other) = (cache.AddPartition<SlowKey, string>("kind"), cache.AddPartition<int, string>("other"));
        using var present = new SlowKey();
        present.Leave();
        kind.Set(present, "value", 1);
        using var key = new SlowKey();
        var lookup = Task.Run(() => kind.TryGet(key, out _));
        await key.Entered.WaitAsync(TimeSpan.FromSeconds(30));

        var addition = Task.Run(() => other.Set(1, "value", 1));

        Assert.NotSame(addition, await Task.WhenAny(addition, Task.Delay(TimeSpan.FromMilliseconds(100))));
        key.Leave();
        Assert.False(await lookup);
        await addition;
    }

    /// <summary>Lookups, and additions of sizes from nothing to more than the budget.</summary>
    private static Gen<Step[]> Steps() => Gen.ArrayOf(
        from kind in Gen.Choose(0, 1)
        from key in Gen.Choose(0, 9)
        from size in Gen.Frequency<long?>(
            (4, Gen.Constant<long?>(null)), (4, Gen.Choose(0, 40).Select(size => (long?)size)),
            (1, Gen.Choose(90, 110).Select(size => (long?)size)))
        select new Step(kind, key, size));

    private static void ForAll<T>(Gen<T> values, Action<T> holds) =>
        Prop.ForAll(Arb.From(values), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(200));

    /// <param name="Size">Bytes of the entry that is added; null: the key is looked up.</param>
    private sealed record Step(int Kind, int Key, long? Size);

    /// <summary>A key that stays within the cache until it is told to leave.</summary>
    private sealed class SlowKey : IDisposable
    {
        private readonly TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim leave = new();

        public Task Entered => entered.Task;

        public void Leave() => leave.Set();

        public void Dispose() => leave.Dispose();

        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode()
        {
            entered.TrySetResult();
            leave.Wait();
            return 1;
        }
    }

    /// <summary>The same rules over one list, searched from its front.</summary>
    private sealed class LruModel(long budget)
    {
        private readonly List<((int, int) Key, string Value, long Size)> entries = [];

        public int Hits { get; private set; }

        public int Misses { get; private set; }

        public int Evictions { get; private set; }

        public long Bytes => entries.Sum(entry => entry.Size);

        public string? Find((int, int) key)
        {
            var at = entries.FindIndex(entry => entry.Key == key);
            if (at < 0)
            {
                Misses++;
                return null;
            }

            Hits++;
            var found = entries[at];
            entries.RemoveAt(at);
            entries.Insert(0, found);
            return found.Value;
        }

        public void Set((int, int) key, string value, long size)
        {
            entries.RemoveAll(entry => entry.Key == key);
            if (size > budget)
                return;
            entries.Insert(0, (key, value, size));
            while (Bytes > budget)
            {
                entries.RemoveAt(entries.Count - 1);
                Evictions++;
            }
        }
    }
}
