namespace SessionPlatform.Funnel.Retention;

internal static class RetentionExtensions
{
    /// <summary>What the service Retention needs.</summary>
    public static void AddRetention(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<RetentionOptions>()
            .BindConfiguration(RetentionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ActivityReader>();
        builder.Services.AddSingleton<RetentionReports>();
    }
}
