using System.Diagnostics.Metrics;
using SessionPlatform.ColumnStore;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Columns;

namespace SessionPlatform.Funnel.Tests.Columns;

/// <summary>All that reports keep is in one budget, and no kind of it is taken for another.</summary>
public sealed class ReportCacheTests
{
    private const int BytesPerMiB = 1024 * 1024;

    private static readonly DateTime Hour = new(2025, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly Column<int> column = new("column");

    [Fact]
    public async Task Columns_and_aggregates_together_stay_within_the_budget()
    {
        var cache = ReportCaches.Create(mebibytes: 1);
        var (columns, aggregates) = (new ColumnCache(cache), new PartialAggregateCache(cache));
        for (var changes = 1; changes <= 50; changes++)
        {
            var chunk = Chunk(changes);
            columns.Add("site", chunk, column, new byte[100_000]);
            await AggregateAsync(aggregates, chunk, "name", $"{changes}", bytes: 60_000);
            Assert.InRange(cache.Bytes, 100_000, BytesPerMiB);
        }

        Assert.InRange(cache.Bytes, BytesPerMiB - 170_000, BytesPerMiB);
        Assert.NotNull(columns.Find("site", Chunk(50), column));
        Assert.Null(columns.Find("site", Chunk(1), column));
    }

    [Fact]
    public void A_column_larger_than_the_budget_is_not_kept()
    {
        var cache = ReportCaches.Create(mebibytes: 1);
        var columns = new ColumnCache(cache);
        columns.Add("site", Chunk(1), column, new byte[10]);

        columns.Add("site", Chunk(2), column, new byte[BytesPerMiB]);

        Assert.Null(columns.Find("site", Chunk(2), column));
        Assert.NotNull(columns.Find("site", Chunk(1), column));
    }

    [Fact]
    public void A_column_is_found_for_its_site_hours_changes_and_name_only()
    {
        var columns = new ColumnCache(ReportCaches.Create());
        byte[] encoded = [1];
        var chunk = Chunk(1);
        columns.Add("site", chunk, column, encoded);

        Assert.Same(encoded, columns.Find("site", chunk, column));
        Assert.Same(encoded, columns.Find("site", chunk, new Column<int>("column")));
        Assert.Null(columns.Find("other", chunk, column));
        Assert.Null(columns.Find("site", chunk with { Changes = 2 }, column));
        Assert.Null(columns.Find("site", chunk with { FirstHour = Hour.AddHours(-1) }, column));
        Assert.Null(columns.Find("site", chunk with { LastHour = Hour.AddHours(1) }, column));
        Assert.Null(columns.Find("site", chunk, new Column<int>("other")));
    }

    [Fact]
    public async Task An_aggregate_is_resumed_by_reports_of_its_type_name_and_changes_only()
    {
        var aggregates = new PartialAggregateCache(ReportCaches.Create());

        Assert.Null(await AggregateAsync(aggregates, Chunk(1), "name", "first"));
        Assert.Equal("first", await AggregateAsync(aggregates, Chunk(1), "name", "again"));
        Assert.Null(await AggregateAsync(aggregates, Chunk(2), "name", "changed"));
        Assert.Null(await AggregateAsync(aggregates, Chunk(1), "other", "other name"));
        Assert.Null(await AggregateAsync(aggregates, Chunk(1), "name", new Version(1, 0)));
        Assert.Null(await AggregateAsync(aggregates, Chunk(1), "name", "of bots", new Segment { IncludeBots = true }));
        Assert.Equal("first", await AggregateAsync(aggregates, Chunk(1), "name", "again"));
    }

    [Fact]
    public void Metrics_tell_bytes_hits_misses_and_evictions_by_kind()
    {
        var read = new Dictionary<(string Name, object? Kind), long>();
        using var meters = new Meters();
        var columns = new ColumnCache(ReportCaches.Create(mebibytes: 1, meters));
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (meters.Own(instrument.Meter))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) => read[(instrument.Name, tags[0].Value)] = value);
        listener.Start();
        for (var changes = 1; changes <= 3; changes++)
            columns.Add("site", Chunk(changes), column, new byte[400_000]);
        columns.Find("site", Chunk(1), column);
        columns.Find("site", Chunk(2), column);
        columns.Find("site", Chunk(3), column);

        listener.RecordObservableInstruments();

        const string Prefix = "sessionplatform.funnel.report_cache";
        Assert.Equal(800_600, read[($"{Prefix}.size", "columns")]);
        Assert.Equal(2, read[($"{Prefix}.hits", "columns")]);
        Assert.Equal(1, read[($"{Prefix}.misses", "columns")]);
        Assert.Equal(1, read[($"{Prefix}.evictions", "columns")]);
    }

    private static PlannedChunk Chunk(long changes) => new(Hour, Hour, Hour.AddHours(1), changes, Sessions: 1);

    /// <returns>What the report resumed from; null: nothing.</returns>
    private static async Task<T?> AggregateAsync<T>(
        PartialAggregateCache aggregates, PlannedChunk chunk, string name, T own, Segment? segment = null,
        long bytes = 1)
        where T : class
    {
        T? resumed = null;
        await aggregates.AggregateAsync(
            new AggregateKey("site", segment, _ => name),
            [chunk],
            [new StableChunks(1, AreSealed: true)],
            (T cached) => resumed = cached,
            _ => Task.CompletedTask,
            () => (own, bytes));
        return resumed;
    }
}
