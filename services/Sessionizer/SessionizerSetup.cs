using SessionPlatform.ServiceDefaults.Access;
using SessionPlatform.ServiceDefaults.Bus;
using SessionPlatform.Sessionizer.Closing;
using SessionPlatform.Sessionizer.Consumers;
using SessionPlatform.Sessionizer.Publishing;
using SessionPlatform.Sessionizer.Sessionizing;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer;

internal static class SessionizerSetup
{
    /// <summary>Adds what the Sessionizer is made of, beyond what every service has.</summary>
    public static void AddSessionizer(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<SessionizerOptions>()
            .BindConfiguration(SessionizerOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<SessionizerMetrics>();
        builder.Services.AddSingleton<SiteStore>();
        builder.Services.AddSingleton<IKeyDirectory, LocalKeyDirectory>();
        builder.Services.AddSingleton<MonthPartitions>();
        builder.Services.AddSingleton<BatchSessionizer>();
        builder.Services.AddSingleton<ICheckpointLog, CheckpointLog>();
        builder.Services.AddHostedService<SessionRelay>();
        builder.Services.AddHostedService<SessionCloser>();
    }
}
