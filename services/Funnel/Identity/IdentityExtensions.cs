namespace SessionPlatform.Funnel.Identity;

internal static class IdentityExtensions
{
    /// <summary>What the service Identity needs.</summary>
    public static void AddIdentity(this IHostApplicationBuilder builder) =>
        builder.Services.AddSingleton<TieTable>();
}
