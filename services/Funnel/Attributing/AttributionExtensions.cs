namespace SessionPlatform.Funnel.Attributing;

internal static class AttributionExtensions
{
    /// <summary>What the service Attribution needs.</summary>
    public static void AddAttribution(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<AttributionOptions>()
            .BindConfiguration(AttributionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<AttributionReport>();
    }
}
