using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.FunnelReports.Scanning;

namespace SessionPlatform.Funnel.FunnelReports;

internal static class FunnelReportsExtensions
{
    /// <summary>What reports of funnels need, besides the database of reports.</summary>
    public static void AddFunnelReports(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<FunnelReportOptions>()
            .BindConfiguration(FunnelReportOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(provider => new ActorScan(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<FilterMatcher>(),
            provider.GetRequiredService<FactColumnStore>(),
            provider.GetRequiredService<ColumnCache>(),
            provider.GetRequiredService<IOptions<FunnelReportOptions>>().Value));
        builder.Services.AddSingleton<FunnelReporter>();
        builder.Services.AddSingleton<FunnelQuestions>();
    }
}
