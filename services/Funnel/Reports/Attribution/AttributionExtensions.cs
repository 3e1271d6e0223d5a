namespace SessionPlatform.Funnel.Reports.Attribution;

internal static class AttributionExtensions
{
    /// <summary>Registers attribution reports.</summary>
    public static void AddAttribution(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<AttributionOptions>()
            .BindConfiguration(AttributionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<AttributionReport>();
    }
}
