namespace SessionPlatform.Funnel.Reports.Journeys;

internal static class JourneysExtensions
{
    /// <summary>What the service Journeys needs.</summary>
    public static void AddJourneys(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<JourneyOptions>()
            .BindConfiguration(JourneyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ColumnJourneys>();
        builder.Services.AddSingleton<JourneyReports>();
    }
}
