namespace SessionPlatform.Funnel.FunnelReports;

internal static class FunnelReportsExtensions
{
    /// <summary>What reports of funnels need, besides the database of reports.</summary>
    public static void AddFunnelReports(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<FunnelReportOptions>()
            .BindConfiguration(FunnelReportOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<FunnelReporter>();
        builder.Services.AddSingleton<FunnelQuestions>();
    }
}
