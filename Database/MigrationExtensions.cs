using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SessionPlatform.Database;

/// <summary>Migrates the service's database while the service starts.</summary>
public static class MigrationExtensions
{
    /// <summary>
    /// Applies the migrations embedded in <paramref name="assembly"/> before anything else of the host starts, Kestrel
    /// and the bus included: a service that answers has a complete database. Waits while the database is
    /// unavailable; any other failure ends the service.
    /// </summary>
    public static TBuilder AddMigrations<TBuilder>(this TBuilder builder, Assembly assembly)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHostedService(services => new MigrationStep(
            services.GetRequiredService<NpgsqlDataSource>(),
            assembly,
            services.GetRequiredService<ILogger<MigrationStep>>()));
        return builder;
    }
}
