using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using SessionPlatform.Funnel.Columns;

namespace SessionPlatform.Funnel.Tests.Columns;

/// <summary>Caches of a replica.</summary>
internal static class ReportCaches
{
    public static ReportCache Create(int mebibytes = 128, IMeterFactory? meters = null) => new(
        Options.Create(new ColumnOptions { ReportCacheMiB = mebibytes }), meters ?? new Meters());
}

/// <summary>Meters that belong to one test.</summary>
internal sealed class Meters : IMeterFactory
{
    private readonly List<Meter> meters = [];

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        meters.Add(meter);
        return meter;
    }

    public bool Own(Meter meter) => meters.Contains(meter);

    public void Dispose() => meters.ForEach(meter => meter.Dispose());
}
