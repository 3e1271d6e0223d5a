using Npgsql;
using SessionPlatform.Access;
using SessionPlatform.Messaging;
using SessionPlatform.Sessionizer.Auditing;
using SessionPlatform.Sessionizer.Closing;
using SessionPlatform.Sessionizer.Consumers;
using SessionPlatform.Sessionizer.Explaining;
using SessionPlatform.Sessionizer.Publishing;
using SessionPlatform.Sessionizer.Reading;
using SessionPlatform.Sessionizer.Recomputing;
using SessionPlatform.Sessionizer.Sessionizing;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer;

internal static class SessionizerSetup
{
    /// <summary>
    /// How the database runs the Sessionizer's statements: as over many months they look dear to the planner, which
    /// counts months that are never opened, compiling them would take longer than running them; and a day has 24 hours.
    /// </summary>
    public static void Configure(NpgsqlDataSourceBuilder database)
    {
        var connection = database.ConnectionStringBuilder;
        connection.Options = $"{connection.Options} -c jit=off".TrimStart();
        connection.Timezone = "UTC";
    }

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
        builder.Services.AddSingleton<RuleChanges>();
        builder.Services.AddSingleton<RulesTimelines>();
        builder.Services.AddSingleton<IKeyDirectory, LocalKeyDirectory>();
        builder.Services.AddSingleton<MonthPartitions>();
        builder.Services.AddSingleton<BatchSessionizer>();
        builder.Services.AddSingleton<SessionAuditor>();
        builder.Services.AddSingleton<SessionExplainer>();
        builder.Services.AddSingleton<DocumentStream>();
        builder.Services.AddSingleton<ICheckpointLog, CheckpointLog>();
        builder.Services.AddHostedService<SessionRelay>();
        builder.Services.AddHostedService<SessionCloser>();
        builder.Services.AddHostedService<Reprocessor>();
    }
}
