using SessionPlatform.Funnel.Reports.Metrics.Counting;

namespace SessionPlatform.Funnel.Reports.Metrics;

/// <summary>Registers the reports over sessions.</summary>
internal static class MetricsExtensions
{
    public static void AddMetrics(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<KeptSums>();
        builder.Services.AddSingleton<SessionCounts>();
        builder.Services.AddSingleton<TopValues>();
        builder.Services.AddSingleton<SeriesReport>();
        builder.Services.AddSingleton<TopListReport>();
        builder.Services.AddSingleton<ActiveVisitorsReport>();
    }
}
