using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>The values of some metrics by key and bucket.</summary>
/// <param name="Metrics">Which, in their order.</param>
/// <param name="Cells">Where a value is.</param>
/// <param name="Values">Of each metric, by cell; NaN: there is nothing to divide by. Of revenue there are none.</param>
/// <param name="Revenue">By cell; null: it is not asked for.</param>
internal sealed record Figures(
    IReadOnlyList<Metric.Types.Name> Metrics,
    Cells Cells,
    double[][] Values,
    IReadOnlyDictionary<int, Money[]>? Revenue)
{
    /// <summary>The values of a key, in the order of the metrics.</summary>
    /// <param name="bucket">From 0; null: the whole.</param>
    public IEnumerable<MetricValue> Of(int key, int? bucket = null)
    {
        var cell = bucket is { } of ? Cells.Of(key, of) : Cells.Of(key);
        for (var index = 0; index < Metrics.Count; index++)
        {
            var value = new MetricValue { Metric = Metrics[index] };
            if (Metrics[index] == Metric.Types.Name.Revenue)
                value.Revenue.AddRange(Revenue?.GetValueOrDefault(cell) ?? []);
            else if (Values[index][cell] is var number && !double.IsNaN(number))
                value.Value = number;
            yield return value;
        }
    }

    /// <summary>What a metric is of a key as a whole.</summary>
    public double NumberOf(int index, int key) => Values[index][Cells.Of(key)];
}

/// <summary>The figures of ranks, from 1, and of all other values, under the key 0.</summary>
/// <param name="HasOther">Whether there are sessions of those.</param>
internal sealed record RankedFigures(Figures Figures, bool HasOther);
