namespace SessionPlatform.Funnel.Reports.Retention;

internal static class RetentionExtensions
{
    /// <summary>Registers retention reports.</summary>
    public static void AddRetention(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<RetentionOptions>()
            .BindConfiguration(RetentionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ActivityReader>();
        builder.Services.AddSingleton<RetentionReports>();
    }
}
