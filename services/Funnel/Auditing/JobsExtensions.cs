using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Previewing;
using SessionPlatform.Funnel.Recounting;
using SessionPlatform.Access;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>Registers the work over what is stored.</summary>
internal static class JobsExtensions
{
    public static void AddJobs(this IHostApplicationBuilder builder)
    {
        builder.AddPlatformClient<Sessions.SessionsClient>("sessionizer");
        builder.Services.AddSingleton<DocumentSource>();
        // One instance: audits recount by the same code that does so in the background.
        builder.Services.AddSingleton<Recounter>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Recounter>());
        builder.Services.AddSingleton<Auditor>();
        builder.Services.AddSingleton<RulesPreviewer>();
    }
}
