namespace Aspire.Npgsql;

/// <summary>What <c>Aspire:Npgsql</c> and <c>Aspire:Npgsql:{name}</c> may set.</summary>
public sealed class NpgsqlSettings
{
    /// <summary>The connection string; <c>ConnectionStrings:{name}</c> wins over the sections.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>True leaves the health check <c>PostgreSql</c> out. Default false.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>
    /// True asks for no spans. Kept for the official surface: here the service defaults listen to Npgsql's source.
    /// </summary>
    public bool DisableTracing { get; set; }

    /// <summary>True asks for no metrics; as <see cref="DisableTracing"/>.</summary>
    public bool DisableMetrics { get; set; }
}
